//! A workbook. Texts are written as texts, which no spreadsheet takes for formulas. Rows go to a file as they come; a sheet
//! that is full is followed by another.

use std::io::Write;
use std::path::{Path, PathBuf};

use cpd_store::calls::Call;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Sheet;
use super::columns::{COLUMNS, Cell, Kind, iso};
use crate::jobs::create;

/// Rows of a sheet: as many as spreadsheets show, 1,048,576.
const ROWS_MAX: u32 = 1 << 20;
/// The longest text of a cell, characters (Excel's own bound).
const TEXT_MAX: usize = 32_767;

pub(super) struct Xlsx {
    workbook: Workbook,
    path: PathBuf,
    sheet: usize,
    row: u32,
}

impl Xlsx {
    pub(super) fn begin(path: &Path) -> Result<Xlsx, String> {
        let mut workbook = Workbook::new();
        let folder = path.parent().unwrap_or(Path::new("."));
        workbook.set_tempdir(folder).map_err(words)?;
        let mut xlsx = Xlsx {
            workbook,
            path: path.to_owned(),
            sheet: 0,
            row: 0,
        };
        xlsx.add(0)?;
        Ok(xlsx)
    }

    fn add(&mut self, number: usize) -> Result<(), String> {
        let sheet = self
            .workbook
            .add_worksheet_with_constant_memory()
            .map_err(words)?;
        head(sheet, number).map_err(words)?;
        (self.sheet, self.row) = (number, 1);
        Ok(())
    }
}

fn head(sheet: &mut Worksheet, number: usize) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(format!("calls {}", number + 1))?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0..).zip(&COLUMNS) {
        let width = match column.kind {
            Kind::Time => 24,
            Kind::Text => 16,
            Kind::Whole | Kind::Real | Kind::Flag => 12,
        };
        sheet.set_column_width(at, width)?;
    }
    for (at, column) in (0..).zip(&COLUMNS) {
        sheet.write_string_with_format(0, at, column.name, &bold)?;
    }
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, call: &Call) -> Result<(), XlsxError> {
    for (at, column) in (0..).zip(&COLUMNS) {
        match (column.of)(call) {
            Cell::Text(Some(text)) => {
                let text: String = text.chars().take(TEXT_MAX).collect();
                sheet.write_string(row, at, text)?;
            }
            Cell::Whole(Some(number)) => {
                sheet.write_number(row, at, number as f64)?;
            }
            Cell::Real(Some(number)) => {
                sheet.write_number(row, at, number)?;
            }
            Cell::Flag(flag) => {
                sheet.write_boolean(row, at, flag)?;
            }
            Cell::Time(ms) => {
                sheet.write_string(row, at, iso(ms))?;
            }
            Cell::Text(None) | Cell::Whole(None) | Cell::Real(None) => {}
        }
    }
    Ok(())
}

impl Sheet for Xlsx {
    fn write(&mut self, calls: &[Call]) -> Result<(), String> {
        for call in calls {
            if self.row == ROWS_MAX {
                self.add(self.sheet + 1)?;
            }
            let sheet = self.workbook.worksheet_from_index(self.sheet).map_err(words)?;
            line(sheet, self.row, call).map_err(words)?;
            self.row += 1;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> Result<(), String> {
        let mut file = create(&self.path)?;
        self.workbook.save_to_writer(&mut file).map_err(words)?;
        file.flush().map_err(|why| why.to_string())
    }
}

fn words(why: XlsxError) -> String {
    why.to_string()
}
