//! CSV (RFC 4180): UTF-8, a line of names, lines end with CR LF.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use cpd_store::calls::Call;

use super::Sheet;
use super::columns::{COLUMNS, Cell, iso};
use crate::jobs::create;

pub(super) struct Csv(BufWriter<File>);

impl Csv {
    pub(super) fn begin(path: &Path) -> Result<Csv, String> {
        let mut out = BufWriter::new(create(path)?);
        let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        write!(out, "{}\r\n", names.join(",")).map_err(|why| why.to_string())?;
        Ok(Csv(out))
    }
}

impl Sheet for Csv {
    fn write(&mut self, calls: &[Call]) -> Result<(), String> {
        for call in calls {
            let cells: Vec<String> = COLUMNS.iter().map(|column| field((column.of)(call))).collect();
            write!(self.0, "{}\r\n", cells.join(",")).map_err(|why| why.to_string())?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> Result<(), String> {
        self.0.flush().map_err(|why| why.to_string())
    }
}

fn field(cell: Cell) -> String {
    match cell {
        Cell::Text(text) => quoted(&harmless(text.unwrap_or_default())),
        Cell::Whole(number) => number.map_or_else(String::new, |number| number.to_string()),
        Cell::Real(number) => number.map_or_else(String::new, |number| number.to_string()),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Time(ms) => iso(ms),
    }
}

/// Spreadsheets take what begins like a formula for one, and whoever dials writes some of these fields: an apostrophe in front
/// makes it text. Telephone numbers with a plus are no formulas that do anything, and stay as they are.
fn harmless(text: String) -> String {
    let number = |text: &str| {
        text.strip_prefix('+').is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*')
        })
    };
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') if !number(&text) => {
            format!("'{text}")
        }
        _ => text,
    }
}

fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\r', '\n', ';', '\t']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let field = |text: &str| field(Cell::Text(Some(text.to_owned())));
        assert_eq!(
            field("=HYPERLINK(\"http://evil\",\"x\")"),
            "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\""
        );
        assert_eq!(field("-2+3|cmd"), "'-2+3|cmd");
        assert_eq!(field("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(field("+1+cmd"), "'+1+cmd");
        assert_eq!(field("\t=1"), "\"'\t=1\"");
        assert_eq!(field("+74951234567"), "+74951234567");
        assert_eq!(field("+74*******67"), "+74*******67");
        assert_eq!(field("весна; 2"), "\"весна; 2\"");
        assert_eq!(field(""), "");
    }
}
