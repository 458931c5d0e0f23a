//! Writes the sample calls and their prompts: `make-samples OUT_DIR`.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(folder), None) = (args.next(), args.next()) else {
        eprintln!("usage: make-samples OUT_DIR");
        return ExitCode::from(2);
    };
    match cpd_sim::samples::write(Path::new(&folder)) {
        Ok((calls, prompts)) => {
            println!("{calls} calls and {prompts} prompts written to {folder}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("failed to write sample calls to {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
