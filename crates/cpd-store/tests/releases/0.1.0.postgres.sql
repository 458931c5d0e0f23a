--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: api_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_keys (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    token_hash text NOT NULL,
    role text NOT NULL,
    scopes jsonb NOT NULL,
    created_by uuid,
    created_ms bigint NOT NULL,
    expires_ms bigint,
    seen_ms bigint,
    revoked_ms bigint
);

ALTER TABLE ONLY public.api_keys FORCE ROW LEVEL SECURITY;


--
-- Name: audit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    at_ms bigint NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    address text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    change jsonb NOT NULL,
    request text NOT NULL
);

ALTER TABLE ONLY public.audit FORCE ROW LEVEL SECURITY;


--
-- Name: call_hours; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.call_hours (
    tenant_id uuid NOT NULL,
    hour_ms bigint NOT NULL,
    dialer text NOT NULL,
    campaign text NOT NULL,
    operator text NOT NULL,
    class text NOT NULL,
    phase text NOT NULL,
    answered boolean NOT NULL,
    calls bigint NOT NULL,
    refused bigint NOT NULL,
    decided bigint NOT NULL,
    decided_ms bigint NOT NULL,
    talk_ms bigint NOT NULL
);

ALTER TABLE ONLY public.call_hours FORCE ROW LEVEL SECURITY;


--
-- Name: calls; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calls (
    id uuid NOT NULL,
    began_ms bigint NOT NULL,
    tenant_id uuid NOT NULL,
    node text NOT NULL,
    name text NOT NULL,
    dialer text NOT NULL,
    carrier text,
    caller text NOT NULL COLLATE pg_catalog."C",
    callee text NOT NULL COLLATE pg_catalog."C",
    reference text,
    campaign text,
    class text,
    phase text,
    confidence real,
    prompt text,
    operator text,
    status integer,
    ended_by text NOT NULL,
    q850 integer NOT NULL,
    decided_ms integer,
    answered_ms integer,
    connected_ms integer,
    held_ms integer NOT NULL,
    length_ms integer NOT NULL,
    deaf text,
    recorded boolean NOT NULL,
    library integer NOT NULL,
    own_library integer NOT NULL,
    detail jsonb NOT NULL
)
PARTITION BY RANGE (began_ms);

ALTER TABLE ONLY public.calls FORCE ROW LEVEL SECURITY;


--
-- Name: calls_2026_11; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calls_2026_11 (
    id uuid NOT NULL,
    began_ms bigint NOT NULL,
    tenant_id uuid NOT NULL,
    node text NOT NULL,
    name text NOT NULL,
    dialer text NOT NULL,
    carrier text,
    caller text NOT NULL COLLATE pg_catalog."C",
    callee text NOT NULL COLLATE pg_catalog."C",
    reference text,
    campaign text,
    class text,
    phase text,
    confidence real,
    prompt text,
    operator text,
    status integer,
    ended_by text NOT NULL,
    q850 integer NOT NULL,
    decided_ms integer,
    answered_ms integer,
    connected_ms integer,
    held_ms integer NOT NULL,
    length_ms integer NOT NULL,
    deaf text,
    recorded boolean NOT NULL,
    library integer NOT NULL,
    own_library integer NOT NULL,
    detail jsonb NOT NULL
);

ALTER TABLE ONLY public.calls_2026_11 FORCE ROW LEVEL SECURITY;


--
-- Name: calls_2026_12; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calls_2026_12 (
    id uuid NOT NULL,
    began_ms bigint NOT NULL,
    tenant_id uuid NOT NULL,
    node text NOT NULL,
    name text NOT NULL,
    dialer text NOT NULL,
    carrier text,
    caller text NOT NULL COLLATE pg_catalog."C",
    callee text NOT NULL COLLATE pg_catalog."C",
    reference text,
    campaign text,
    class text,
    phase text,
    confidence real,
    prompt text,
    operator text,
    status integer,
    ended_by text NOT NULL,
    q850 integer NOT NULL,
    decided_ms integer,
    answered_ms integer,
    connected_ms integer,
    held_ms integer NOT NULL,
    length_ms integer NOT NULL,
    deaf text,
    recorded boolean NOT NULL,
    library integer NOT NULL,
    own_library integer NOT NULL,
    detail jsonb NOT NULL
);

ALTER TABLE ONLY public.calls_2026_12 FORCE ROW LEVEL SECURITY;


--
-- Name: deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deliveries (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_ms bigint NOT NULL,
    status integer,
    error text,
    took_ms integer,
    created_ms bigint NOT NULL,
    ended_ms bigint
);

ALTER TABLE ONLY public.deliveries FORCE ROW LEVEL SECURITY;


--
-- Name: idempotency; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency (
    tenant_id uuid NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    request text NOT NULL,
    status integer NOT NULL,
    body jsonb NOT NULL,
    created_ms bigint NOT NULL
);

ALTER TABLE ONLY public.idempotency FORCE ROW LEVEL SECURITY;


--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    parameters jsonb NOT NULL,
    progress real NOT NULL,
    result jsonb,
    file text,
    error text,
    node text NOT NULL,
    lease_ms bigint NOT NULL,
    created_by text NOT NULL,
    created_ms bigint NOT NULL,
    ended_ms bigint
);

ALTER TABLE ONLY public.jobs FORCE ROW LEVEL SECURITY;


--
-- Name: labels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.labels (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    began_ms bigint NOT NULL,
    source text NOT NULL,
    "right" boolean,
    truth text,
    code text,
    note text NOT NULL,
    by text NOT NULL,
    at_ms bigint NOT NULL
);

ALTER TABLE ONLY public.labels FORCE ROW LEVEL SECURITY;


--
-- Name: leases; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.leases (
    name text NOT NULL,
    holder text NOT NULL,
    until_ms bigint NOT NULL
);


--
-- Name: libraries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.libraries (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    prompts integer NOT NULL,
    created_ms bigint NOT NULL,
    published_ms bigint,
    published_by text
);

ALTER TABLE ONLY public.libraries FORCE ROW LEVEL SECURITY;


--
-- Name: object_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.object_versions (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    object_id uuid NOT NULL,
    version integer NOT NULL,
    body jsonb,
    changed_ms bigint NOT NULL,
    changed_by text NOT NULL
);

ALTER TABLE ONLY public.object_versions FORCE ROW LEVEL SECURITY;


--
-- Name: objects; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.objects (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    body jsonb NOT NULL,
    secrets bytea,
    version integer NOT NULL,
    created_ms bigint NOT NULL,
    changed_ms bigint NOT NULL,
    changed_by text NOT NULL
);

ALTER TABLE ONLY public.objects FORCE ROW LEVEL SECURITY;


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_ms bigint NOT NULL,
    fanned boolean NOT NULL
);

ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;


--
-- Name: prompts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.prompts (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    operator text NOT NULL,
    category text NOT NULL,
    class text NOT NULL,
    language text NOT NULL,
    words text NOT NULL,
    length_ms integer NOT NULL,
    sound text NOT NULL,
    source text NOT NULL,
    since integer NOT NULL,
    until integer,
    created_ms bigint NOT NULL,
    created_by text NOT NULL
);

ALTER TABLE ONLY public.prompts FORCE ROW LEVEL SECURITY;


--
-- Name: recordings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recordings (
    call_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    began_ms bigint NOT NULL,
    node text NOT NULL,
    path text NOT NULL,
    length_ms integer NOT NULL,
    cut boolean NOT NULL,
    expires_ms bigint
);

ALTER TABLE ONLY public.recordings FORCE ROW LEVEL SECURITY;


--
-- Name: retention; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.retention (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    what text NOT NULL,
    class text NOT NULL,
    days integer NOT NULL
);

ALTER TABLE ONLY public.retention FORCE ROW LEVEL SECURITY;


--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    name text NOT NULL,
    value bigint NOT NULL
);


--
-- Name: seaql_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash text NOT NULL,
    created_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    address text NOT NULL,
    agent text NOT NULL,
    pending boolean NOT NULL
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;


--
-- Name: settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.settings (
    name text NOT NULL,
    value jsonb NOT NULL
);


--
-- Name: sounds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sounds (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    samples bytea NOT NULL
);

ALTER TABLE ONLY public.sounds FORCE ROW LEVEL SECURITY;


--
-- Name: tenants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tenants (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    settings jsonb NOT NULL,
    created_ms bigint NOT NULL,
    version integer NOT NULL
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text,
    totp_secret bytea,
    totp_confirmed boolean NOT NULL,
    totp_step bigint NOT NULL,
    oidc_subject text,
    language text NOT NULL,
    disabled boolean NOT NULL,
    failures integer NOT NULL,
    locked_until_ms bigint NOT NULL,
    seen_ms bigint,
    created_ms bigint NOT NULL,
    version integer NOT NULL
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;


--
-- Name: views; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.views (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    shared boolean NOT NULL,
    created_ms bigint NOT NULL
);

ALTER TABLE ONLY public.views FORCE ROW LEVEL SECURITY;


--
-- Name: webhooks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhooks (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    events jsonb NOT NULL,
    secret bytea NOT NULL,
    active boolean NOT NULL,
    failures integer NOT NULL,
    created_ms bigint NOT NULL,
    version integer NOT NULL
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;


--
-- Name: calls_2026_11; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calls ATTACH PARTITION public.calls_2026_11 FOR VALUES FROM ('1793491200000') TO ('1796083200000');


--
-- Name: calls_2026_12; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calls ATTACH PARTITION public.calls_2026_12 FOR VALUES FROM ('1796083200000') TO ('1798761600000');


--
-- Data for Name: api_keys; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: audit; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: call_hours; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', '', '', '', '', true, 1, 1, 0, 0, 972);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', '', 'north', 'human', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'autumn', 'north', 'human', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'autumn', 'north', 'machine.operator.mailbox', 'answered', true, 1, 0, 1, 800, 56673);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'autumn', 'north', 'network.number.unassigned', 'answered', true, 1, 0, 1, 800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'autumn', 'north', 'network.number.unassigned', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'debts', '', 'human', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'debts', 'north', 'machine.greeting', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'east', 'debts', 'north', 'signal.busy', 'answered', true, 1, 0, 1, 800, 27926);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'vici', '', '', '', '', false, 1, 0, 0, 0, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'vici', 'autumn', '', 'human', 'answered', true, 1, 0, 1, 800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'vici', 'autumn', '', 'signal.busy', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'vici', 'debts', '', '', '', true, 1, 0, 0, 0, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'vici', 'debts', 'north', 'machine.greeting', 'answered', true, 1, 0, 1, 800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', '', 'north', 'machine.operator.mailbox', 'answered', true, 1, 0, 1, 800, 12672);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', '', 'north', 'network.number.unassigned', 'answered', true, 1, 0, 1, 800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', '', 'north', 'network.number.unassigned', 'early', false, 1, 0, 1, 2800, 0);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', 'autumn', '', 'machine.greeting', 'answered', true, 1, 0, 1, 800, 36241);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', 'autumn', '', 'machine.operator.mailbox', 'answered', true, 1, 0, 1, 800, 8864);
INSERT INTO public.call_hours VALUES ('7e4a0000-0000-4000-8000-000000000000', 1795006800000, 'west', 'autumn', '', 'network.number.unassigned', 'early', false, 1, 0, 1, 2800, 0);


--
-- Data for Name: calls_2026_11; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b00-7306-beeb-8da1658eec67', 1795007200000, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b007306beeb8da1658eec67', 'vici', 'spare', '74952356520', '79046636950', '6775dc7701564f61', 'autumn', 'signal.busy', 'early', 0.75, NULL, NULL, NULL, 'caller', 16, 2800, NULL, NULL, 900, 23048, NULL, false, 1, 1, '{"media": {"lost": 0, "codec": "PCMA", "packets": 1152}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "signal.busy", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b01-7bc6-ae84-379630af89ee', 1795007200001, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b017bc6ae84379630af89ee', 'west', 'spare', '74955687159', '79007654709', 'b6b9aeef0d2df7ab', 'autumn', 'network.number.unassigned', 'early', 0.75, NULL, NULL, NULL, 'callee', 16, 2800, NULL, NULL, 900, 10485, NULL, false, 1, 1, '{"media": {"lost": 5, "codec": "PCMA", "packets": 524}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "network.number.unassigned", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b02-705e-879e-2e2256feff0c', 1795007200002, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b02705e879e2e2256feff0c', 'west', 'spare', '74951529955', '79821572018', 'de70d1019fc66081', 'autumn', 'machine.operator.mailbox', 'answered', 0.75, NULL, NULL, NULL, 'service', 16, 2800, 2000, 2900, 900, 11764, NULL, true, 1, 1, '{"media": {"lost": 8, "codec": "PCMA", "packets": 588}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.operator.mailbox", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b03-73e3-b0af-3ce429ca1790', 1795007200003, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0373e3b0af3ce429ca1790', 'east', 'main', '74957159700', '79117736319', 'c09a1a817914ffbc', 'debts', 'human', 'early', 0.75, NULL, NULL, NULL, 'callee', 16, 2800, NULL, NULL, 900, 55892, NULL, false, 1, 1, '{"media": {"lost": 4, "codec": "PCMA", "packets": 2794}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "human", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b04-7eec-a966-3e9ea0ec2561', 1795007200004, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b047eeca9663e9ea0ec2561', 'east', 'spare', '74953985982', '79308409173', '1bea994d2e7d779d', NULL, 'human', 'early', 0.75, NULL, 'north', NULL, 'service', 16, 2800, NULL, NULL, 900, 87158, NULL, false, 1, 1, '{"media": {"lost": 8, "codec": "PCMA", "packets": 4357}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "human", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b05-7de4-a072-b26dfe81f26e', 1795007200005, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b057de4a072b26dfe81f26e', 'vici', 'spare', '74951199150', '79676786168', 'db20290ac13e4a81', 'debts', NULL, NULL, NULL, NULL, NULL, NULL, 'callee', 16, NULL, 2000, NULL, 900, 60150, NULL, false, 1, 1, '{"media": {"lost": 4, "codec": "PCMA", "packets": 3007}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": null, "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b06-7c97-bd84-5ef300ce2d0b', 1795007200006, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b067c97bd845ef300ce2d0b', 'west', 'main', '74951067230', '79797825698', '2f596652cb9a9f17', NULL, 'network.number.unassigned', 'early', 0.75, NULL, 'north', NULL, 'caller', 16, 2800, NULL, NULL, 900, 11971, NULL, false, 1, 1, '{"media": {"lost": 8, "codec": "PCMA", "packets": 598}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "network.number.unassigned", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b07-737b-b85a-587bb6c47b9f', 1795007200007, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b07737bb85a587bb6c47b9f', 'west', 'spare', '74957086456', '79801881325', '852c7e934ff96a96', 'autumn', 'machine.greeting', 'answered', 0.75, NULL, NULL, NULL, 'caller', 16, 2800, 2000, 2900, 900, 39141, NULL, false, 1, 1, '{"media": {"lost": 0, "codec": "PCMA", "packets": 1957}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.greeting", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b08-77ca-a6fe-fb55c353a1ea', 1795007200008, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0877caa6fefb55c353a1ea', 'east', 'spare', '74957484927', '79977774596', '4083da61bd55a196', 'autumn', 'machine.operator.mailbox', 'answered', 0.75, NULL, 'north', NULL, 'callee', 16, 2800, 2000, 2900, 900, 59573, NULL, true, 1, 1, '{"media": {"lost": 2, "codec": "PCMA", "packets": 2978}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.operator.mailbox", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b09-7ea4-a8f7-deebb10d1df4', 1795007200009, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b097ea4a8f7deebb10d1df4', 'east', 'main', '74954249127', '79577320997', '701c8369e4818ff3', 'debts', 'machine.greeting', 'early', 0.75, NULL, 'north', NULL, 'caller', 16, 2800, NULL, NULL, 900, 13635, NULL, true, 1, 1, '{"media": {"lost": 7, "codec": "PCMA", "packets": 681}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.greeting", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0a-7b98-898b-74eaa67dc0db', 1795007200010, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0a7b98898b74eaa67dc0db', 'west', 'spare', '74951404713', '79186219862', 'ae488090c1f8b985', NULL, 'machine.operator.mailbox', 'answered', 0.75, NULL, 'north', NULL, 'service', 16, 2800, 2000, 2900, 900, 15572, NULL, true, 1, 1, '{"media": {"lost": 2, "codec": "PCMA", "packets": 778}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.operator.mailbox", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0b-7a99-a737-584ee41de582', 1795007200011, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0b7a99a737584ee41de582', 'vici', 'spare', '74952138286', '79744949216', '6d885ab0cc9e4967', 'debts', 'machine.greeting', 'answered', 0.75, NULL, 'north', NULL, 'service', 16, 2800, 2000, NULL, 900, 80173, NULL, true, 1, 1, '{"media": {"lost": 2, "codec": "PCMA", "packets": 4008}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "machine.greeting", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0c-782e-b4bd-c811ad928fe1', 1795007200012, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0c782eb4bdc811ad928fe1', 'west', 'spare', '74952688953', '79159634449', '5568153c6e4ffd1e', NULL, 'network.number.unassigned', 'answered', 0.75, NULL, 'north', NULL, 'caller', 16, 2800, 2000, NULL, 900, 47452, NULL, false, 1, 1, '{"media": {"lost": 5, "codec": "PCMA", "packets": 2372}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "network.number.unassigned", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0d-75bf-b12a-8d4277d95551', 1795007200013, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0d75bfb12a8d4277d95551', 'vici', 'spare', '74953053374', '79141934360', '767d0e5c3c13df0a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'caller', 16, NULL, NULL, NULL, 900, 27668, NULL, false, 1, 1, '{"media": {"lost": 8, "codec": "PCMA", "packets": 1383}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": null, "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0e-76ce-8b6a-77fcf0cfdfd4', 1795007200014, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0e76ce8b6a77fcf0cfdfd4', 'east', 'spare', '74950211653', '79168091126', '20933f9b9211242a', 'autumn', 'network.number.unassigned', 'early', 0.75, NULL, 'north', NULL, 'callee', 16, 2800, NULL, NULL, 900, 89139, NULL, true, 1, 1, '{"media": {"lost": 3, "codec": "PCMA", "packets": 4456}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "network.number.unassigned", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b0f-7c22-8588-1bbdacff9509', 1795007200015, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b0f7c2285881bbdacff9509', 'east', 'spare', '74950828733', '79407003333', '535bb998c76a02ae', 'autumn', 'network.number.unassigned', 'answered', 0.75, NULL, 'north', NULL, 'caller', 16, 2800, 2000, NULL, 900, 21666, NULL, true, 1, 1, '{"media": {"lost": 0, "codec": "PCMA", "packets": 1083}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "network.number.unassigned", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b10-784d-8b09-7d65aae90192', 1795007200016, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b10784d8b097d65aae90192', 'east', 'main', '74957462238', '79487769548', '12898e1dd35e1c0a', NULL, NULL, NULL, NULL, NULL, NULL, 486, 'service', 16, NULL, 2000, 2900, 900, 3872, NULL, false, 1, 1, '{"media": {"lost": 4, "codec": "PCMA", "packets": 193}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": null, "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b11-747d-b706-e091385c82a9', 1795007200017, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b11747db706e091385c82a9', 'east', 'main', '74958790218', '79208220711', 'b9ead27b3346144f', 'debts', 'signal.busy', 'answered', 0.75, NULL, 'north', NULL, 'callee', 16, 2800, 2000, 2900, 900, 30826, NULL, true, 1, 1, '{"media": {"lost": 8, "codec": "PCMA", "packets": 1541}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "signal.busy", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b12-71d2-b0f4-9a25e26cec1a', 1795007200018, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b1271d2b0f49a25e26cec1a', 'vici', 'spare', '74950930964', '79152458454', 'f9fb946ca4cb1322', 'autumn', 'human', 'answered', 0.75, NULL, NULL, NULL, 'caller', 16, 2800, 2000, NULL, 900, 80835, NULL, true, 1, 1, '{"media": {"lost": 7, "codec": "PCMA", "packets": 4041}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "human", "at_ms": 2800}]}');
INSERT INTO public.calls_2026_11 VALUES ('01a1eec4-3b13-7218-9412-4180508adc31', 1795007200019, '7e4a0000-0000-4000-8000-000000000000', 'a', '01a1eec43b13721894124180508adc31', 'east', 'spare', '74959467286', '79719962047', 'd30f2498b4d2e2e1', 'autumn', 'human', 'early', 0.75, NULL, 'north', NULL, 'callee', 16, 2800, NULL, NULL, 900, 86106, NULL, true, 1, 1, '{"media": {"lost": 5, "codec": "PCMA", "packets": 4305}, "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"], "tellings": [{"what": "ringback", "at_ms": 400}, {"what": "answer", "at_ms": 2000}, {"why": "a greeting of one person, then silence", "what": "human", "at_ms": 2800}]}');


--
-- Data for Name: calls_2026_12; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: labels; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: leases; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: libraries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.libraries VALUES ('7e4a0000-0000-4000-8000-000000000000', 1, 'published', 'first', 1, 1795007200000, 1795007200000, 'A');


--
-- Data for Name: object_versions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.object_versions VALUES ('01a20ff1-4928-70cc-8cf4-dccd0b0115c9', '7e4a0000-0000-4000-8000-000000000000', '01a20ff1-4927-72da-8792-fdaea9e46cea', 1, '{"gateways": ["sip:192.0.2.1"]}', 1795007200000, 'A');


--
-- Data for Name: objects; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.objects VALUES ('01a20ff1-4927-72da-8792-fdaea9e46cea', '7e4a0000-0000-4000-8000-000000000000', 'carrier', 'main', '{"gateways": ["sip:192.0.2.1"]}', NULL, 1, 1795007200000, 1795007200000, 'A');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox VALUES ('01a1eec4-3b00-7306-beeb-8da1658eec66', '7e4a0000-0000-4000-8000-000000000002', 'call.ended', '{"id": "01a1eec4-3b00-7306-beeb-8da1658eec67", "class": "signal.busy"}', 1795007223048, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b01-7bc6-ae84-379630af89ef', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b01-7bc6-ae84-379630af89ee", "class": "network.number.unassigned"}', 1795007210486, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b02-705e-879e-2e2256feff0d', '7e4a0000-0000-4000-8000-000000000001', 'call.ended', '{"id": "01a1eec4-3b02-705e-879e-2e2256feff0c", "class": "machine.operator.mailbox"}', 1795007211766, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b03-73e3-b0af-3ce429ca1791', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b03-73e3-b0af-3ce429ca1790", "class": "human"}', 1795007255895, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b04-7eec-a966-3e9ea0ec2560', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b04-7eec-a966-3e9ea0ec2561", "class": "human"}', 1795007287162, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b05-7de4-a072-b26dfe81f26f', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b05-7de4-a072-b26dfe81f26e", "class": null}', 1795007260155, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b06-7c97-bd84-5ef300ce2d0a', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b06-7c97-bd84-5ef300ce2d0b", "class": "network.number.unassigned"}', 1795007211977, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b07-737b-b85a-587bb6c47b9e', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b07-737b-b85a-587bb6c47b9f", "class": "machine.greeting"}', 1795007239148, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b08-77ca-a6fe-fb55c353a1eb', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b08-77ca-a6fe-fb55c353a1ea", "class": "machine.operator.mailbox"}', 1795007259581, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b09-7ea4-a8f7-deebb10d1df5', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b09-7ea4-a8f7-deebb10d1df4", "class": "machine.greeting"}', 1795007213644, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0a-7b98-898b-74eaa67dc0da', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b0a-7b98-898b-74eaa67dc0db", "class": "machine.operator.mailbox"}', 1795007215582, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0b-7a99-a737-584ee41de583', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b0b-7a99-a737-584ee41de582", "class": "machine.greeting"}', 1795007280184, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0c-782e-b4bd-c811ad928fe0', '7e4a0000-0000-4000-8000-000000000001', 'call.ended', '{"id": "01a1eec4-3b0c-782e-b4bd-c811ad928fe1", "class": "network.number.unassigned"}', 1795007247464, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0d-75bf-b12a-8d4277d95550', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b0d-75bf-b12a-8d4277d95551", "class": null}', 1795007227681, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0e-76ce-8b6a-77fcf0cfdfd5', '7e4a0000-0000-4000-8000-000000000002', 'call.ended', '{"id": "01a1eec4-3b0e-76ce-8b6a-77fcf0cfdfd4", "class": "network.number.unassigned"}', 1795007289153, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b0f-7c22-8588-1bbdacff9508', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b0f-7c22-8588-1bbdacff9509", "class": "network.number.unassigned"}', 1795007221681, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b10-784d-8b09-7d65aae90193', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b10-784d-8b09-7d65aae90192", "class": null}', 1795007203888, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b11-747d-b706-e091385c82a8', '7e4a0000-0000-4000-8000-000000000000', 'call.ended', '{"id": "01a1eec4-3b11-747d-b706-e091385c82a9", "class": "signal.busy"}', 1795007230843, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b12-71d2-b0f4-9a25e26cec1b', '7e4a0000-0000-4000-8000-000000000003', 'call.ended', '{"id": "01a1eec4-3b12-71d2-b0f4-9a25e26cec1a", "class": "human"}', 1795007280853, false);
INSERT INTO public.outbox VALUES ('01a1eec4-3b13-7218-9412-4180508adc30', '7e4a0000-0000-4000-8000-000000000002', 'call.ended', '{"id": "01a1eec4-3b13-7218-9412-4180508adc31", "class": "human"}', 1795007286125, false);


--
-- Data for Name: prompts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.prompts VALUES ('01a20ff1-4931-71bb-b6eb-f94801e036e1', '7e4a0000-0000-4000-8000-000000000000', 'off', 'north', 'off', 'network.off', 'ru', 'it''s off', 2, 'af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051', 'test', 1, NULL, 1795007200000, 'A');


--
-- Data for Name: recordings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.recordings VALUES ('01a1eec4-3b02-705e-879e-2e2256feff0c', '7e4a0000-0000-4000-8000-000000000001', 1795007200002, 'a', '2026/11/18/01a1eec43b02705e879e2e2256feff0c.wav', 11764, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b08-77ca-a6fe-fb55c353a1ea', '7e4a0000-0000-4000-8000-000000000003', 1795007200008, 'a', '2026/11/18/01a1eec43b0877caa6fefb55c353a1ea.wav', 59573, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b09-7ea4-a8f7-deebb10d1df4', '7e4a0000-0000-4000-8000-000000000000', 1795007200009, 'a', '2026/11/18/01a1eec43b097ea4a8f7deebb10d1df4.wav', 13635, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b0a-7b98-898b-74eaa67dc0db', '7e4a0000-0000-4000-8000-000000000003', 1795007200010, 'a', '2026/11/18/01a1eec43b0a7b98898b74eaa67dc0db.wav', 15572, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b0b-7a99-a737-584ee41de582', '7e4a0000-0000-4000-8000-000000000000', 1795007200011, 'a', '2026/11/18/01a1eec43b0b7a99a737584ee41de582.wav', 80173, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b0e-76ce-8b6a-77fcf0cfdfd4', '7e4a0000-0000-4000-8000-000000000002', 1795007200014, 'a', '2026/11/18/01a1eec43b0e76ce8b6a77fcf0cfdfd4.wav', 89139, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b0f-7c22-8588-1bbdacff9509', '7e4a0000-0000-4000-8000-000000000003', 1795007200015, 'a', '2026/11/18/01a1eec43b0f7c2285881bbdacff9509.wav', 21666, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b11-747d-b706-e091385c82a9', '7e4a0000-0000-4000-8000-000000000000', 1795007200017, 'a', '2026/11/18/01a1eec43b11747db706e091385c82a9.wav', 30826, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b12-71d2-b0f4-9a25e26cec1a', '7e4a0000-0000-4000-8000-000000000003', 1795007200018, 'a', '2026/11/18/01a1eec43b1271d2b0f49a25e26cec1a.wav', 80835, false, NULL);
INSERT INTO public.recordings VALUES ('01a1eec4-3b13-7218-9412-4180508adc31', '7e4a0000-0000-4000-8000-000000000002', 1795007200019, 'a', '2026/11/18/01a1eec43b13721894124180508adc31.wav', 86106, false, NULL);


--
-- Data for Name: retention; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: revisions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revisions VALUES ('objects', 1);
INSERT INTO public.revisions VALUES ('prompts', 1);


--
-- Data for Name: seaql_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.seaql_migrations VALUES ('m01_people', 1795563800);
INSERT INTO public.seaql_migrations VALUES ('m02_configuration', 1795563800);
INSERT INTO public.seaql_migrations VALUES ('m03_prompts', 1795563800);
INSERT INTO public.seaql_migrations VALUES ('m04_calls', 1795563800);
INSERT INTO public.seaql_migrations VALUES ('m05_delivery', 1795563800);


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: settings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sounds; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sounds VALUES ('7e4a0000-0000-4000-8000-000000000000', 'af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051', '\xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff');


--
-- Data for Name: tenants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tenants VALUES ('7e4a0000-0000-4000-8000-000000000000', 'acme', 'ACME', true, '{}', 1795007200000, 1);


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('01a20ff1-4923-731a-8243-836efaafb27e', '7e4a0000-0000-4000-8000-000000000000', 'a@example.com', 'A', 'admin', NULL, NULL, false, 0, NULL, 'ru', false, 0, 0, NULL, 1795007200000, 1);


--
-- Data for Name: views; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: webhooks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhooks VALUES ('01a20ff1-4933-702c-b207-fed961e13813', '7e4a0000-0000-4000-8000-000000000000', 'crm', 'https://example.com', '["call."]', '\x019cb9c5c7187782c85f9b01f41be4412fa2829ec97cd29f4f50cd33944bfc8e94a9d7', true, 0, 1795007200000, 1);


--
-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);


--
-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);


--
-- Name: call_hours call_hours_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.call_hours
    ADD CONSTRAINT call_hours_pkey PRIMARY KEY (tenant_id, hour_ms, dialer, campaign, operator, class, phase, answered);


--
-- Name: calls calls_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id, began_ms);


--
-- Name: calls_2026_11 calls_2026_11_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calls_2026_11
    ADD CONSTRAINT calls_2026_11_pkey PRIMARY KEY (id, began_ms);


--
-- Name: calls_2026_12 calls_2026_12_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calls_2026_12
    ADD CONSTRAINT calls_2026_12_pkey PRIMARY KEY (id, began_ms);


--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);


--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, actor, name);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);


--
-- Name: labels labels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_pkey PRIMARY KEY (id);


--
-- Name: leases leases_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (name);


--
-- Name: libraries libraries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.libraries
    ADD CONSTRAINT libraries_pkey PRIMARY KEY (tenant_id, number);


--
-- Name: object_versions object_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.object_versions
    ADD CONSTRAINT object_versions_pkey PRIMARY KEY (id);


--
-- Name: objects objects_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.objects
    ADD CONSTRAINT objects_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: prompts prompts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_pkey PRIMARY KEY (id);


--
-- Name: recordings recordings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (call_id);


--
-- Name: retention retention_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retention
    ADD CONSTRAINT retention_pkey PRIMARY KEY (id);


--
-- Name: revisions revisions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (name);


--
-- Name: seaql_migrations seaql_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: settings settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);


--
-- Name: sounds sounds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sounds
    ADD CONSTRAINT sounds_pkey PRIMARY KEY (tenant_id, name);


--
-- Name: tenants tenants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: views views_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.views
    ADD CONSTRAINT views_pkey PRIMARY KEY (id);


--
-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);


--
-- Name: api_keys_tenant_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_keys_tenant_id ON public.api_keys USING btree (tenant_id);


--
-- Name: api_keys_token_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX api_keys_token_hash ON public.api_keys USING btree (token_hash);


--
-- Name: audit_tenant_id_at_ms_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_tenant_id_at_ms_id ON public.audit USING btree (tenant_id, at_ms, id);


--
-- Name: calls_tenant_id_began_ms_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_tenant_id_began_ms_id ON ONLY public.calls USING btree (tenant_id, began_ms, id);


--
-- Name: calls_2026_11_tenant_id_began_ms_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_began_ms_id_idx ON public.calls_2026_11 USING btree (tenant_id, began_ms, id);


--
-- Name: calls_tenant_id_callee_began_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_tenant_id_callee_began_ms ON ONLY public.calls USING btree (tenant_id, callee, began_ms);


--
-- Name: calls_2026_11_tenant_id_callee_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_callee_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, callee, began_ms);


--
-- Name: calls_campaign; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_campaign ON ONLY public.calls USING btree (tenant_id, campaign, began_ms) WHERE (campaign IS NOT NULL);


--
-- Name: calls_2026_11_tenant_id_campaign_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_campaign_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, campaign, began_ms) WHERE (campaign IS NOT NULL);


--
-- Name: calls_tenant_id_class_began_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_tenant_id_class_began_ms ON ONLY public.calls USING btree (tenant_id, class, began_ms);


--
-- Name: calls_2026_11_tenant_id_class_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_class_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, class, began_ms);


--
-- Name: calls_tenant_id_dialer_began_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_tenant_id_dialer_began_ms ON ONLY public.calls USING btree (tenant_id, dialer, began_ms);


--
-- Name: calls_2026_11_tenant_id_dialer_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_dialer_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, dialer, began_ms);


--
-- Name: calls_operator; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_operator ON ONLY public.calls USING btree (tenant_id, operator, began_ms) WHERE (operator IS NOT NULL);


--
-- Name: calls_2026_11_tenant_id_operator_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_operator_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, operator, began_ms) WHERE (operator IS NOT NULL);


--
-- Name: calls_prompt; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_prompt ON ONLY public.calls USING btree (tenant_id, prompt, began_ms) WHERE (prompt IS NOT NULL);


--
-- Name: calls_2026_11_tenant_id_prompt_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_prompt_began_ms_idx ON public.calls_2026_11 USING btree (tenant_id, prompt, began_ms) WHERE (prompt IS NOT NULL);


--
-- Name: calls_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_reference ON ONLY public.calls USING btree (tenant_id, reference) WHERE (reference IS NOT NULL);


--
-- Name: calls_2026_11_tenant_id_reference_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_11_tenant_id_reference_idx ON public.calls_2026_11 USING btree (tenant_id, reference) WHERE (reference IS NOT NULL);


--
-- Name: calls_2026_12_tenant_id_began_ms_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_began_ms_id_idx ON public.calls_2026_12 USING btree (tenant_id, began_ms, id);


--
-- Name: calls_2026_12_tenant_id_callee_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_callee_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, callee, began_ms);


--
-- Name: calls_2026_12_tenant_id_campaign_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_campaign_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, campaign, began_ms) WHERE (campaign IS NOT NULL);


--
-- Name: calls_2026_12_tenant_id_class_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_class_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, class, began_ms);


--
-- Name: calls_2026_12_tenant_id_dialer_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_dialer_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, dialer, began_ms);


--
-- Name: calls_2026_12_tenant_id_operator_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_operator_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, operator, began_ms) WHERE (operator IS NOT NULL);


--
-- Name: calls_2026_12_tenant_id_prompt_began_ms_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_prompt_began_ms_idx ON public.calls_2026_12 USING btree (tenant_id, prompt, began_ms) WHERE (prompt IS NOT NULL);


--
-- Name: calls_2026_12_tenant_id_reference_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX calls_2026_12_tenant_id_reference_idx ON public.calls_2026_12 USING btree (tenant_id, reference) WHERE (reference IS NOT NULL);


--
-- Name: deliveries_event_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_event_id ON public.deliveries USING btree (event_id);


--
-- Name: deliveries_state_next_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_state_next_ms ON public.deliveries USING btree (state, next_ms);


--
-- Name: deliveries_tenant_id_webhook_id_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_tenant_id_webhook_id_created_ms ON public.deliveries USING btree (tenant_id, webhook_id, created_ms);


--
-- Name: idempotency_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_created_ms ON public.idempotency USING btree (created_ms);


--
-- Name: jobs_state_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_state_created_ms ON public.jobs USING btree (state, created_ms);


--
-- Name: jobs_tenant_id_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_tenant_id_created_ms ON public.jobs USING btree (tenant_id, created_ms);


--
-- Name: labels_call_id_source; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX labels_call_id_source ON public.labels USING btree (call_id, source);


--
-- Name: labels_tenant_id_began_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX labels_tenant_id_began_ms ON public.labels USING btree (tenant_id, began_ms);


--
-- Name: object_versions_object_id_version; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX object_versions_object_id_version ON public.object_versions USING btree (object_id, version);


--
-- Name: objects_tenant_id_kind_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX objects_tenant_id_kind_name ON public.objects USING btree (tenant_id, kind, name);


--
-- Name: outbox_fanned_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_fanned_created_ms ON public.outbox USING btree (fanned, created_ms);


--
-- Name: outbox_tenant_id_created_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_tenant_id_created_ms ON public.outbox USING btree (tenant_id, created_ms);


--
-- Name: prompts_tenant_id_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX prompts_tenant_id_name ON public.prompts USING btree (tenant_id, name);


--
-- Name: recordings_expires_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recordings_expires_ms ON public.recordings USING btree (expires_ms);


--
-- Name: recordings_tenant_id_began_ms; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recordings_tenant_id_began_ms ON public.recordings USING btree (tenant_id, began_ms);


--
-- Name: retention_tenant_id_what_class; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX retention_tenant_id_what_class ON public.retention USING btree (tenant_id, what, class);


--
-- Name: sessions_token_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX sessions_token_hash ON public.sessions USING btree (token_hash);


--
-- Name: sessions_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user_id ON public.sessions USING btree (user_id);


--
-- Name: tenants_slug; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tenants_slug ON public.tenants USING btree (slug);


--
-- Name: users_email; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_email ON public.users USING btree (email);


--
-- Name: users_tenant_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_tenant_id ON public.users USING btree (tenant_id);


--
-- Name: views_tenant_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX views_tenant_id ON public.views USING btree (tenant_id);


--
-- Name: webhooks_tenant_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX webhooks_tenant_id ON public.webhooks USING btree (tenant_id);


--
-- Name: calls_2026_11_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_pkey ATTACH PARTITION public.calls_2026_11_pkey;


--
-- Name: calls_2026_11_tenant_id_began_ms_id_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_began_ms_id ATTACH PARTITION public.calls_2026_11_tenant_id_began_ms_id_idx;


--
-- Name: calls_2026_11_tenant_id_callee_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_callee_began_ms ATTACH PARTITION public.calls_2026_11_tenant_id_callee_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_campaign_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_campaign ATTACH PARTITION public.calls_2026_11_tenant_id_campaign_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_class_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_class_began_ms ATTACH PARTITION public.calls_2026_11_tenant_id_class_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_dialer_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_dialer_began_ms ATTACH PARTITION public.calls_2026_11_tenant_id_dialer_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_operator_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_operator ATTACH PARTITION public.calls_2026_11_tenant_id_operator_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_prompt_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_prompt ATTACH PARTITION public.calls_2026_11_tenant_id_prompt_began_ms_idx;


--
-- Name: calls_2026_11_tenant_id_reference_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_reference ATTACH PARTITION public.calls_2026_11_tenant_id_reference_idx;


--
-- Name: calls_2026_12_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_pkey ATTACH PARTITION public.calls_2026_12_pkey;


--
-- Name: calls_2026_12_tenant_id_began_ms_id_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_began_ms_id ATTACH PARTITION public.calls_2026_12_tenant_id_began_ms_id_idx;


--
-- Name: calls_2026_12_tenant_id_callee_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_callee_began_ms ATTACH PARTITION public.calls_2026_12_tenant_id_callee_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_campaign_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_campaign ATTACH PARTITION public.calls_2026_12_tenant_id_campaign_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_class_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_class_began_ms ATTACH PARTITION public.calls_2026_12_tenant_id_class_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_dialer_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_tenant_id_dialer_began_ms ATTACH PARTITION public.calls_2026_12_tenant_id_dialer_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_operator_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_operator ATTACH PARTITION public.calls_2026_12_tenant_id_operator_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_prompt_began_ms_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_prompt ATTACH PARTITION public.calls_2026_12_tenant_id_prompt_began_ms_idx;


--
-- Name: calls_2026_12_tenant_id_reference_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.calls_reference ATTACH PARTITION public.calls_2026_12_tenant_id_reference_idx;


--
-- Name: api_keys; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: audit; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;

--
-- Name: call_hours; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.call_hours ENABLE ROW LEVEL SECURITY;

--
-- Name: calls; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.calls ENABLE ROW LEVEL SECURITY;

--
-- Name: calls_2026_11; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.calls_2026_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: calls_2026_12; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.calls_2026_12 ENABLE ROW LEVEL SECURITY;

--
-- Name: deliveries; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: jobs; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

--
-- Name: labels; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.labels ENABLE ROW LEVEL SECURITY;

--
-- Name: libraries layer; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY layer ON public.libraries FOR SELECT USING ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid));


--
-- Name: prompts layer; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY layer ON public.prompts FOR SELECT USING ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid));


--
-- Name: sounds layer; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY layer ON public.sounds FOR SELECT USING ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid));


--
-- Name: libraries; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.libraries ENABLE ROW LEVEL SECURITY;

--
-- Name: object_versions; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.object_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: objects; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.objects ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: prompts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.prompts ENABLE ROW LEVEL SECURITY;

--
-- Name: recordings; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.recordings ENABLE ROW LEVEL SECURITY;

--
-- Name: retention; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.retention ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: sounds; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.sounds ENABLE ROW LEVEL SECURITY;

--
-- Name: api_keys tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.api_keys USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: audit tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.audit USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: call_hours tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.call_hours USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: calls tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.calls USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: deliveries tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.deliveries USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: idempotency tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.idempotency USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: jobs tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.jobs USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: labels tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.labels USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: libraries tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.libraries USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: object_versions tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.object_versions USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: objects tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.objects USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.outbox USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: prompts tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.prompts USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: recordings tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.recordings USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: retention tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.retention USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: sessions tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.sessions USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: sounds tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.sounds USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: tenants tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.tenants USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: users tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.users USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: views tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.views USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: webhooks tenant; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tenant ON public.webhooks USING (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK (((( SELECT current_setting('smartcpd.tenant'::text, true) AS current_setting) = '*'::text) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('smartcpd.tenant'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: tenants; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

--
-- Name: users; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

--
-- Name: views; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.views ENABLE ROW LEVEL SECURITY;

--
-- Name: webhooks; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

--
-- PostgreSQL database dump complete
--


