#!/bin/bash
# Asks the running service what nobody thought of: Schemathesis makes requests of the published schema, and no answer may be a fault
# of ours (5xx) or other than described. Once as an administrator of a customer, by a key.
#
#   schemathesis.sh BINARY SCHEMATHESIS [options of `run`]
set -euo pipefail
smartcpd=$(realpath "$1") schemathesis=$(realpath -s "$2")
shift 2

folder=$(mktemp -d)
cat > "$folder/smartcpd.toml" <<END
[sip]
listen = ["udp:127.0.0.1:0"]
[http]
listen = "off"
[console]
listen = "127.0.0.1:0"
[store]
folder = "$folder/data"
[log]
level = "error"
END
"$smartcpd" serve --config "$folder/smartcpd.toml" > "$folder/out" 2> "$folder/errors" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
	grep -q "one-time code" "$folder/out" && break
	kill -0 "$server" || { cat "$folder/errors"; exit 1; }
	sleep 0.1
done
base=$(sed -n 's/^Console: \(.*\)\/setup .*/\1/p' "$folder/out")
code=$(sed -n 's/.*one-time code: //p' "$folder/out")

ask() { # method path body [curl's options]
	curl -sSf -X "$1" "$base/api/v1$2" -H 'Content-Type: application/json' -H "Origin: $base" -d "$3" "${@:4}"
}
password="correct horse battery staple"
ask POST /setup "{\"code\":\"$code\",\"email\":\"operator@example.com\",\"name\":\"Operator\",\"password\":\"$password\",\"language\":\"en\",\"tenant\":{\"slug\":\"acme\",\"name\":\"Acme\"}}" \
	-c "$folder/cookies" > /dev/null
ask POST /users "{\"email\":\"admin@example.com\",\"name\":\"Admin\",\"role\":\"admin\",\"language\":\"en\",\"password\":\"$password\"}" \
	-b "$folder/cookies" -H 'SmartCPD-Tenant: acme' > /dev/null
ask POST /session "{\"email\":\"admin@example.com\",\"password\":\"$password\"}" -c "$folder/admin" > /dev/null
scopes=$(curl -sSf "$base/api/v1/me" -b "$folder/admin" | python3 -c 'import json,sys; print(json.dumps(json.load(sys.stdin)["permissions"]))')
key=$(ask POST /keys "{\"name\":\"schemathesis\",\"scopes\":$scopes}" -b "$folder/admin" |
	python3 -c 'import json,sys; print(json.load(sys.stdin)["key"])')

# Keys that are taken back and logins that are locked would end the run: they are not asked for. What a schema cannot say, that a
# class is known for example, is refused rightly; a missing If-Match is answered by 428 (RFC 6585), which its check does not know;
# and a header that is written is also that of a key that another request had.
cd "$folder"
# A change without a version is answered 428, as RFC 6585 has it.
cat > schemathesis.toml <<END
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 406, 415, 422, 428]
END
"$schemathesis" run "$base/api/v1/openapi.json" --url "$base/api/v1" --header "Authorization: Bearer $key" \
	--exclude-path-regex '^/(keys/\{id\}|session.*|setup)$' --rate-limit 40/s \
	--exclude-checks positive_data_acceptance,missing_required_header "$@" || found=$?
# What the service itself called a fault of its own.
if grep -a '"request failed"\|panicked at' -A 1 "$folder/errors"; then exit 1; fi
exit "${found:-0}"
