//! What is counted over calls, and everything that is counted as Prometheus reads it (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;

use cpd_b2bua::node::Status;
use cpd_b2bua::switchboard::CallReport;
use cpd_call::Phase;

/// Bounds of the histogram of decision times, ms: a tone, an announcement's beginning, a short answer, the answer limit.
const DECISION_MS: [u64; 11] = [
    100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 10_000,
];

/// Counts of finished calls.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// By dialer and who ended it.
    ended: BTreeMap<(String, &'static str), u64>,
    /// By class and phase: the last word of each phase.
    verdicts: BTreeMap<(&'static str, &'static str), u64>,
    decisions: BTreeMap<&'static str, Histogram>,
    /// By reason and status.
    refused: BTreeMap<(&'static str, u16), u64>,
    /// By reason.
    deaf: BTreeMap<String, u64>,
    held: u64,
    hold_expired: u64,
    begun: BTreeMap<String, u64>,
    reloads: [u64; 2],
    scripts_failed: u64,
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; DECISION_MS.len()],
    count: u64,
    sum_ms: u64,
}

/// What is known elsewhere.
pub(crate) struct Beside {
    pub(crate) status: Status,
    pub(crate) settings_version: u64,
    pub(crate) prompts: usize,
    pub(crate) draining: bool,
    pub(crate) log_lines_lost: u64,
    pub(crate) records_lost: u64,
    pub(crate) registered: BTreeMap<String, bool>,
    /// Where there is a database.
    pub(crate) admin: Option<AdminFigures>,
}

/// What the API, webhooks and the writer of records do.
#[derive(Debug, Default)]
pub(crate) struct AdminFigures {
    pub(crate) records: cpd_store::writer::Figures,
    /// By status.
    pub(crate) answers: [(&'static str, u64); 4],
    /// Connections that watch what happens.
    pub(crate) watching: u64,
    /// Tries of deliveries.
    pub(crate) webhooks_taken: u64,
    pub(crate) webhooks_failed: u64,
}

impl Metrics {
    /// A call began.
    pub(crate) fn on_began(&mut self, dialer: &str) {
        *self.begun.entry(dialer.to_owned()).or_default() += 1;
    }

    /// A call was turned away.
    pub(crate) fn on_refused(&mut self, why: &'static str, status: u16) {
        *self.refused.entry((why, status)).or_default() += 1;
    }

    /// A script failed, and the tables decided.
    pub(crate) fn on_script_failed(&mut self) {
        self.scripts_failed += 1;
    }

    /// The configuration was read again.
    pub(crate) fn on_reload(&mut self, done: bool) {
        self.reloads[usize::from(done)] += 1;
    }

    /// A call is over.
    pub(crate) fn on_ended(&mut self, report: &CallReport) {
        let record = &report.record;
        let key = (report.dialer.to_string(), record.termination.by.as_str());
        *self.ended.entry(key).or_default() += 1;
        for phase in [Phase::Pre, Phase::Post] {
            let told = record
                .tellings
                .iter()
                .rev()
                .filter(|telling| telling.phase == phase);
            let last = told
                .into_iter()
                .find_map(|telling| Some((telling.told.class()?, telling.t_ms)));
            let Some((class, t_ms)) = last else { continue };
            *self.verdicts.entry((class.as_str(), phase.as_str())).or_default() += 1;
            let decisions = self.decisions.entry(phase.as_str()).or_default();
            decisions.count += 1;
            decisions.sum_ms += t_ms;
            if let Some(at) = DECISION_MS.iter().position(|bound| t_ms <= *bound) {
                decisions.buckets[at] += 1;
            }
        }
        if let Some(deaf) = record.deaf {
            *self.deaf.entry(deaf.to_string()).or_default() += 1;
        }
        self.held += u64::from(record.held_ms > 0);
        self.hold_expired += u64::from(record.hold_expired);
    }

    /// Everything, as text.
    pub(crate) fn text(&self, beside: &Beside) -> String {
        let mut page = Page::default();
        self.calls(&mut page);
        let status = &beside.status;
        let calls = &status.calls;
        page.gauge("calls", "Calls that stand.", calls.calls as u64);
        page.gauge("listeners", "Calls that are listened to.", calls.listeners as u64);
        page.counter(
            "notices_lost_total",
            "Notices that found no room.",
            calls.notices_lost,
        );
        page.counter(
            "tellings_unsaid_total",
            "Tellings that the dialect had no words for.",
            calls.unsaid,
        );
        page.gauge("sip_dialogs", "SIP dialogs.", status.sip.dialogs as u64);
        page.head("sip_transactions", "gauge", "SIP transactions.");
        page.value(
            "sip_transactions",
            &[("side", "client")],
            status.sip.clients as u64,
        );
        page.value(
            "sip_transactions",
            &[("side", "server")],
            status.sip.servers as u64,
        );
        page.head(
            "sip_turned_away_total",
            "counter",
            "SIP messages that were not served, by reason.",
        );
        let turned = &status.turned_away;
        let admission = &status.transport.admission;
        for (why, count) in [
            ("malformed", turned.malformed),
            ("stray_response", turned.stray_responses),
            ("stray_request", turned.stray_requests),
            ("overloaded", turned.overloaded),
            ("over_rate", admission.rejected),
            ("flood", admission.flooded),
            ("denied", admission.denied),
        ] {
            page.value("sip_turned_away_total", &[("reason", why)], count);
        }
        page.counter(
            "sip_admitted_total",
            "SIP messages that were let in.",
            admission.accepted,
        );
        let transport = &status.transport;
        page.gauge(
            "sip_connections",
            "SIP connections.",
            transport.connections as u64,
        );
        page.head(
            "sip_transport_failures_total",
            "counter",
            "What the SIP transport did not carry.",
        );
        for (what, count) in [
            ("connection_refused", transport.connections_refused),
            ("connection_failed", transport.connections_failed),
            ("unsent", transport.unsent),
            ("listener_failed", transport.listeners_failed),
            ("copy", transport.untapped),
        ] {
            page.value("sip_transport_failures_total", &[("what", what)], count);
        }
        page.counter(
            "sip_datagrams_large_total",
            "Requests over UDP that may come in fragments.",
            transport.datagrams_large,
        );
        let media = &status.media;
        page.gauge("media_sessions", "Media sessions.", media.sessions);
        page.gauge(
            "media_listening",
            "Streams that are listened to.",
            media.listening,
        );
        page.head("media_port_pairs", "gauge", "Port pairs that are not in use.");
        page.value("media_port_pairs", &[("state", "draining")], media.draining);
        page.value("media_port_pairs", &[("state", "idle")], media.idle);
        page.counter("media_packets_total", "RTP packets relayed.", media.packets);
        page.counter(
            "media_discarded_total",
            "Datagrams to ports without a call.",
            media.discarded,
        );
        page.counter("media_refused_total", "Datagrams of strangers.", media.refused);
        page.counter(
            "media_deafened_total",
            "Sessions not listened to any more because of overload.",
            media.deafened,
        );
        page.counter(
            "media_recordings_cut_total",
            "Audio frames that could not be recorded.",
            media.recordings_cut,
        );
        page.gauge(
            "media_hearing_lag_us",
            "Time that heard packets waited for the detector at last.",
            media.hearing_lag_us,
        );
        page.gauge(
            "media_turn_us_max",
            "Longest turn of a media thread since the last look.",
            media.turn_us_max,
        );
        page.head("gateway_up", "gauge", "Whether a gateway answers.");
        for (carrier, uri, up) in &status.gateways {
            page.value(
                "gateway_up",
                &[("carrier", carrier), ("gateway", uri)],
                u64::from(*up),
            );
        }
        page.head(
            "registered",
            "gauge",
            "Whether a registration at a carrier stands.",
        );
        for (carrier, registered) in &beside.registered {
            page.value("registered", &[("carrier", carrier)], u64::from(*registered));
        }
        page.gauge(
            "settings_version",
            "Counts the configurations that were taken.",
            beside.settings_version,
        );
        page.gauge("prompts", "Announcements in the library.", beside.prompts as u64);
        page.gauge(
            "draining",
            "1 while no new calls are taken.",
            u64::from(beside.draining),
        );
        page.counter(
            "log_lines_lost_total",
            "Lines of the log that found no room.",
            beside.log_lines_lost,
        );
        page.counter(
            "records_lost_total",
            "Call records that found no room.",
            beside.records_lost,
        );
        if let Some(figures) = &beside.admin {
            admin(&mut page, figures);
        }
        page.0
    }

    fn calls(&self, page: &mut Page) {
        page.head(
            "calls_begun_total",
            "counter",
            "Calls that were taken, by dialer.",
        );
        for (dialer, count) in &self.begun {
            page.value("calls_begun_total", &[("dialer", dialer)], *count);
        }
        page.head(
            "calls_ended_total",
            "counter",
            "Calls that are over, by dialer and who ended them.",
        );
        for ((dialer, by), count) in &self.ended {
            page.value("calls_ended_total", &[("dialer", dialer), ("by", by)], *count);
        }
        page.head(
            "verdicts_total",
            "counter",
            "The last verdict of each phase of finished calls, by class.",
        );
        for ((class, phase), count) in &self.verdicts {
            page.value("verdicts_total", &[("class", class), ("phase", phase)], *count);
        }
        page.head(
            "decision_seconds",
            "histogram",
            "From early media (pre) or the answer (post) to the verdict.",
        );
        for (phase, decisions) in &self.decisions {
            let mut sum = 0;
            for (bound_ms, count) in DECISION_MS.iter().zip(decisions.buckets) {
                sum += count;
                let bound = (*bound_ms as f64 / 1_000.0).to_string();
                page.value(
                    "decision_seconds_bucket",
                    &[("phase", phase), ("le", &bound)],
                    sum,
                );
            }
            page.value(
                "decision_seconds_bucket",
                &[("phase", phase), ("le", "+Inf")],
                decisions.count,
            );
            page.value(
                "decision_seconds_sum",
                &[("phase", phase)],
                decisions.sum_ms as f64 / 1_000.0,
            );
            page.value("decision_seconds_count", &[("phase", phase)], decisions.count);
        }
        page.head(
            "calls_refused_total",
            "counter",
            "Calls that were turned away, by reason and status.",
        );
        for ((why, status), count) in &self.refused {
            page.value(
                "calls_refused_total",
                &[("reason", why), ("status", &status.to_string())],
                *count,
            );
        }
        page.head(
            "calls_deaf_total",
            "counter",
            "Calls that were not, or no longer, listened to, by reason.",
        );
        for (why, count) in &self.deaf {
            page.value("calls_deaf_total", &[("reason", why)], *count);
        }
        page.counter("answers_held_total", "Answers that were held.", self.held);
        page.counter(
            "answers_held_expired_total",
            "Answers that were held without a verdict.",
            self.hold_expired,
        );
        page.counter(
            "scripts_failed_total",
            "Runs of scripts that failed; the tables decided.",
            self.scripts_failed,
        );
        page.head(
            "reloads_total",
            "counter",
            "Times that the configuration was read again.",
        );
        page.value("reloads_total", &[("result", "kept_old")], self.reloads[0]);
        page.value("reloads_total", &[("result", "taken")], self.reloads[1]);
    }
}

/// The text while it grows. All names begin with `smartcpd_`.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // A String takes everything.
        let _ = write!(
            self.0,
            "# HELP smartcpd_{name} {help}\n# TYPE smartcpd_{name} {kind}\n"
        );
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        let _ = writeln!(self.0, "smartcpd_{name}{labels} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "gauge", help);
        self.value(name, &[], value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.value(name, &[], value);
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn admin(page: &mut Page, figures: &AdminFigures) {
    page.head("api_answers_total", "counter", "Answers of the API, by status.");
    for (status, count) in figures.answers {
        page.value("api_answers_total", &[("status", status)], count);
    }
    page.gauge(
        "live_connections",
        "Connections that watch what happens.",
        figures.watching,
    );
    page.head(
        "webhook_tries_total",
        "counter",
        "Tries to deliver an event, by result.",
    );
    for (result, count) in [
        ("taken", figures.webhooks_taken),
        ("failed", figures.webhooks_failed),
    ] {
        page.value("webhook_tries_total", &[("result", result)], count);
    }
    let records = &figures.records;
    page.counter(
        "records_written_total",
        "Call records that the database has.",
        records.written,
    );
    page.gauge(
        "records_waiting",
        "Call records on their way there, in memory and on disk.",
        records.waiting,
    );
    page.gauge(
        "records_spooled_bytes",
        "Bytes of those on disk.",
        records.spooled_bytes,
    );
    page.counter(
        "records_refused_total",
        "Call records that the database refused.",
        records.refused,
    );
    page.gauge(
        "database_away",
        "1 while the database takes no records.",
        u64::from(records.away_since_ms.is_some()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::records::tests::report;

    #[test]
    fn finished_calls_are_counted_by_class_phase_and_time() {
        let mut metrics = Metrics::default();
        metrics.on_began("vici");
        metrics.on_ended(&report());
        metrics.on_refused("too many calls", 503);
        metrics.on_reload(false);
        let status = Status {
            gateways: vec![("main".into(), "sip:\"gw\"@x".into(), true)],
            ..Status::default()
        };
        let text = metrics.text(&Beside {
            status,
            settings_version: 3,
            prompts: 2,
            draining: false,
            log_lines_lost: 0,
            records_lost: 0,
            registered: BTreeMap::from([("main".into(), false)]),
            admin: Some(AdminFigures {
                answers: [("2xx", 7), ("3xx", 0), ("4xx", 1), ("5xx", 0)],
                webhooks_failed: 2,
                ..AdminFigures::default()
            }),
        });
        for line in [
            "smartcpd_calls_begun_total{dialer=\"vici\"} 1",
            "smartcpd_calls_ended_total{dialer=\"vici\",by=\"service\"} 1",
            "smartcpd_verdicts_total{class=\"answer.machine\",phase=\"post\"} 1",
            "smartcpd_decision_seconds_bucket{phase=\"post\",le=\"1\"} 0",
            "smartcpd_decision_seconds_bucket{phase=\"post\",le=\"1.5\"} 1",
            "smartcpd_decision_seconds_bucket{phase=\"post\",le=\"+Inf\"} 1",
            "smartcpd_decision_seconds_sum{phase=\"post\"} 1.24",
            "smartcpd_calls_refused_total{reason=\"too many calls\",status=\"503\"} 1",
            "smartcpd_gateway_up{carrier=\"main\",gateway=\"sip:\\\"gw\\\"@x\"} 1",
            "smartcpd_registered{carrier=\"main\"} 0",
            "smartcpd_reloads_total{result=\"kept_old\"} 1",
            "smartcpd_settings_version 3",
            "smartcpd_api_answers_total{status=\"2xx\"} 7",
            "smartcpd_webhook_tries_total{result=\"failed\"} 2",
            "smartcpd_database_away 0",
        ] {
            assert!(
                text.lines().any(|own| own == line),
                "{line} is missing in\n{text}"
            );
        }
        // Each name is described once, before its values, as the format wants it.
        let mut described = std::collections::HashSet::new();
        for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
            assert!(described.insert(line.split(' ').nth(2)), "{line} comes twice");
        }
    }
}
