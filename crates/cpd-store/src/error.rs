//! Why the database did not do what was asked.

use std::fmt;

use sea_orm::{DbErr, SqlErr};

/// Why the database did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It cannot be reached, or is too busy: what was asked may be asked again later.
    Away(String),
    /// Something else has that name already.
    Taken,
    /// There is no such thing, or it is somebody else's.
    Missing,
    /// It was changed by somebody else since it was read; this is its version now.
    Stale(i32),
    /// Anything else.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Away(why) => write!(f, "the database is away: {why}"),
            Error::Taken => f.write_str("the name is taken"),
            Error::Missing => f.write_str("there is no such thing"),
            Error::Stale(version) => write!(f, "it was changed meanwhile, to version {version}"),
            Error::Failed(why) => write!(f, "the database refused: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<DbErr> for Error {
    fn from(why: DbErr) -> Error {
        match why.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Error::Taken,
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Error::Missing,
            _ => {}
        }
        let words = why.to_string();
        match why {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Error::Away(words),
            DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => Error::Missing,
            _ if is_away(&words) => Error::Away(words),
            _ => Error::Failed(words),
        }
    }
}

/// Whether an error of a statement says that the server, and not the statement, is at fault: PostgreSQL's classes 57P
/// (operator intervention), 53 (out of resources) and 40 (serialization, deadlock), sockets, and a locked SQLite file.
fn is_away(words: &str) -> bool {
    const SIGNS: [&str; 14] = [
        "the database system is",
        "terminating connection",
        "too many clients",
        "too many connections",
        "remaining connection slots",
        "deadlock detected",
        "could not serialize",
        "database is locked",
        "error communicating with database",
        "Connection refused",
        "onnection reset",
        "roken pipe",
        "unexpected end of file",
        "pool timed out",
    ];
    SIGNS.iter().any(|sign| words.contains(sign))
}
