//! Why the database did not do what was asked.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

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
        if code(&why).is_some_and(|code| is_code_of_server(&code)) {
            return Error::Away(words);
        }
        match why {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Error::Away(words),
            DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => Error::Missing,
            _ if is_away(&words) => Error::Away(words),
            _ => Error::Failed(words),
        }
    }
}

/// The database's own code of what went wrong.
fn code(why: &DbErr) -> Option<String> {
    let (DbErr::Conn(RuntimeErr::SqlxError(why))
    | DbErr::Exec(RuntimeErr::SqlxError(why))
    | DbErr::Query(RuntimeErr::SqlxError(why))) = why
    else {
        return None;
    };
    match why.as_ref() {
        sqlx::Error::Database(why) => why.code().map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

/// Whether a code says that the server, and not the statement, is at fault. PostgreSQL's classes: 08 connection, 40
/// serialization and deadlock, 53 out of resources, 55P03 a lock not had in time, 57 an operator, 58 the system; 25006 is a
/// standby. SQLite's: 5 and 6 locked, 10 the disk, 13 full, 14 cannot be opened.
fn is_code_of_server(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57", "58"].contains(&&code[..2]) || ["55P03", "25006"].contains(&code);
    }
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    matches!(primary, Ok(5 | 6 | 10 | 13 | 14))
}

/// Whether an error says in words that the server is at fault: sockets, the pool, a server that starts or stops.
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
