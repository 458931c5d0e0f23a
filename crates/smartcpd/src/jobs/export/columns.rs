//! The columns of a call, as the list has them. Times of day are ISO 8601 in UTC, all other times ms from the beginning.

use std::time::{Duration, UNIX_EPOCH};

use cpd_store::calls::Call;

use crate::serve::log::time;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Real,
    Flag,
    /// Unix time, ms.
    Time,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(Option<String>),
    Whole(Option<i64>),
    Real(Option<f64>),
    Flag(bool),
    Time(i64),
}

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) of: fn(&Call) -> Cell,
}

const fn column(name: &'static str, kind: Kind, of: fn(&Call) -> Cell) -> Column {
    Column { name, kind, of }
}

fn text(text: &str) -> Cell {
    Cell::Text(Some(text.to_owned()))
}

fn some(text: &Option<String>) -> Cell {
    Cell::Text(text.clone())
}

fn whole(number: Option<i32>) -> Cell {
    Cell::Whole(number.map(i64::from))
}

/// All of them.
pub(super) const COLUMNS: [Column; 25] = [
    column("id", Kind::Text, |call| text(&call.id.to_string())),
    column("name", Kind::Text, |call| text(&call.name)),
    column("began", Kind::Time, |call| Cell::Time(call.began_ms)),
    column("node", Kind::Text, |call| text(&call.node)),
    column("dialer", Kind::Text, |call| text(&call.dialer)),
    column("carrier", Kind::Text, |call| some(&call.carrier)),
    column("caller", Kind::Text, |call| text(&call.caller)),
    column("callee", Kind::Text, |call| text(&call.callee)),
    column("campaign", Kind::Text, |call| some(&call.campaign)),
    column("reference", Kind::Text, |call| some(&call.reference)),
    column("class", Kind::Text, |call| some(&call.class)),
    column("phase", Kind::Text, |call| some(&call.phase)),
    column("confidence", Kind::Real, |call| {
        Cell::Real(
            call.confidence
                .map(|sure| (f64::from(sure) * 1_000.0).round() / 1_000.0),
        )
    }),
    column("prompt", Kind::Text, |call| some(&call.prompt)),
    column("operator", Kind::Text, |call| some(&call.operator)),
    column("status", Kind::Whole, |call| whole(call.status)),
    column("ended_by", Kind::Text, |call| text(&call.ended_by)),
    column("q850", Kind::Whole, |call| whole(Some(call.q850))),
    column("decided_ms", Kind::Whole, |call| whole(call.decided_ms)),
    column("answered_ms", Kind::Whole, |call| whole(call.answered_ms)),
    column("connected_ms", Kind::Whole, |call| whole(call.connected_ms)),
    column("held_ms", Kind::Whole, |call| whole(Some(call.held_ms))),
    column("length_ms", Kind::Whole, |call| whole(Some(call.length_ms))),
    column("deaf", Kind::Text, |call| some(&call.deaf)),
    column("recorded", Kind::Flag, |call| Cell::Flag(call.recorded)),
];

/// A time of day.
pub(super) fn iso(ms: i64) -> String {
    time(UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
}
