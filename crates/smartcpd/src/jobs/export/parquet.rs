//! Parquet: a column beside the other, compressed with Snappy. Times of day are TIMESTAMP in UTC.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::parser::parse_message_type;
use cpd_store::calls::Call;

use super::Sheet;
use super::columns::{COLUMNS, Cell, Column, Kind};
use crate::jobs::create;

/// Rows of a group: some megabytes, of which readers take the columns that they want.
const GROUP: usize = 20_000;

pub(super) struct Parquet {
    out: SerializedFileWriter<File>,
    /// Rows that wait for their group to be full.
    rows: Vec<Vec<Cell>>,
}

impl Parquet {
    pub(super) fn begin(path: &Path) -> Result<Parquet, String> {
        let file = create(path)?;
        let fields: Vec<String> = COLUMNS.iter().map(field).collect();
        let schema = format!("message calls {{ {} }}", fields.join(" "));
        let schema = parse_message_type(&schema).map_err(words)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("SmartCPD ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let out = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(words)?;
        Ok(Parquet {
            out,
            rows: Vec::new(),
        })
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.out.next_row_group()?;
        for (at, column) in COLUMNS.iter().enumerate() {
            write(&mut group, column.kind, rows.iter().map(|row| &row[at]))?;
        }
        group.close()?;
        Ok(())
    }
}

fn field(column: &Column) -> String {
    let name = column.name;
    match column.kind {
        Kind::Text => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
        Kind::Whole => format!("OPTIONAL INT64 {name};"),
        Kind::Real => format!("OPTIONAL DOUBLE {name};"),
        Kind::Flag => format!("REQUIRED BOOLEAN {name};"),
        Kind::Time => format!("REQUIRED INT64 {name} (TIMESTAMP(MILLIS,true));"),
    }
}

fn write<'a>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    kind: Kind,
    cells: impl Iterator<Item = &'a Cell>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a column is missing".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    match kind {
        Kind::Text => {
            let (values, levels) = given(cells, |cell| match cell {
                Cell::Text(text) => text.as_deref().map(ByteArray::from),
                _ => None,
            });
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), None)?;
        }
        Kind::Whole => {
            let (values, levels) = given(cells, |cell| match cell {
                Cell::Whole(number) => *number,
                _ => None,
            });
            column
                .typed::<Int64Type>()
                .write_batch(&values, Some(&levels), None)?;
        }
        Kind::Real => {
            let (values, levels) = given(cells, |cell| match cell {
                Cell::Real(number) => *number,
                _ => None,
            });
            column
                .typed::<DoubleType>()
                .write_batch(&values, Some(&levels), None)?;
        }
        Kind::Flag => {
            let values: Vec<bool> = cells.map(|cell| *cell == Cell::Flag(true)).collect();
            column.typed::<BoolType>().write_batch(&values, None, None)?;
        }
        Kind::Time => {
            let values: Vec<i64> = cells
                .map(|cell| match cell {
                    Cell::Time(ms) => *ms,
                    _ => 0,
                })
                .collect();
            column.typed::<Int64Type>().write_batch(&values, None, None)?;
        }
    }
    column.close()
}

/// Values that are there, and for each row whether one is (definition levels).
fn given<'a, T>(
    cells: impl Iterator<Item = &'a Cell>,
    value: impl Fn(&Cell) -> Option<T>,
) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    (values, levels)
}

impl Sheet for Parquet {
    fn write(&mut self, calls: &[Call]) -> Result<(), String> {
        for call in calls {
            self.rows
                .push(COLUMNS.iter().map(|column| (column.of)(call)).collect());
            if self.rows.len() >= GROUP {
                self.group().map_err(words)?;
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> Result<(), String> {
        self.group().map_err(words)?;
        self.out.finish().map(drop).map_err(words)
    }
}

fn words(why: ParquetError) -> String {
    why.to_string()
}
