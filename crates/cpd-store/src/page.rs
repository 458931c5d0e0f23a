//! Pages of lists that grow at the top: newest first, and a cursor to go on from.

use sea_orm::sea_query::{Cond, Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// The last row of a page: the next page is what is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Its time.
    pub at_ms: i64,
    /// Its id, which settles equal times.
    pub id: Uuid,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<Cursor>,
}

impl Cursor {
    /// Rows older than this one. The first condition is what an index is searched by.
    pub(crate) fn before(self, at: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
        let older: SimpleExpr = at.lt(self.at_ms).or(at.eq(self.at_ms).and(id.lt(self.id)));
        Cond::all().add(at.lte(self.at_ms)).add(Expr::expr(older))
    }

    /// As text, for addresses.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{:x}-{}", self.at_ms, self.id.simple())
    }

    /// From text.
    #[must_use]
    pub fn decode(text: &str) -> Option<Cursor> {
        let (at, id) = text.split_once('-')?;
        Some(Cursor {
            at_ms: i64::from_str_radix(at, 16).ok()?,
            id: Uuid::try_parse(id).ok()?,
        })
    }
}

impl<T> Page<T> {
    /// A page of rows of which one more than the limit was asked for.
    pub(crate) fn of(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Page { rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_text_and_back() {
        let cursor = Cursor {
            at_ms: 1_795_000_000_123,
            id: Uuid::from_u128(42),
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for wrong in ["", "-", "x-1", "1-2", "1"] {
            assert_eq!(Cursor::decode(wrong), None, "{wrong}");
        }
    }
}
