//! The command line. The doc comments are the text of `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cpd_detect::{OperatingPoint, Profile};

use crate::audio::{Channel, Law, RawForm, Reading};
use crate::fault::EXIT_CODES;

/// Hears what happened in a call: tones, announcements, people, machines.
#[derive(Debug, Parser)]
#[command(name = "smartcpd", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tells the timeline and the verdict of recordings
    Analyze(Analyze),
    /// Keeps a library of reference prompts
    #[command(subcommand)]
    Prompts(PromptsCommand),
    /// Measures how well labelled calls are heard
    Evaluate(Evaluate),
    /// Stands in the path of calls, listens, acts and tells
    Serve(Serve),
    /// Checks what `serve` needs, and says how to mend what is missing
    Doctor(Doctor),
    /// Shows the service at work: simulated calls through it, and their verdicts
    Demo(crate::demo::args::DemoArgs),
    /// Prints the description of the API (OpenAPI 3.1), which clients are made from
    Openapi,
    /// Pretends to be a carrier or a dialer: for trials, and to make load
    #[command(subcommand)]
    Simulate(crate::simulate::args::Simulate),
}

/// `smartcpd serve`.
///
/// Without --config: ./smartcpd.toml, /etc/smartcpd/smartcpd.toml, else the built-in configuration. Every key can be set
/// by the environment: SMARTCPD_SIP__LISTEN. SIGHUP and changes of the file reload it for new calls; SIGTERM lets calls
/// finish, a second one ends them.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Serve {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Prints the built-in configuration, with a comment for every key
    #[arg(long, conflicts_with_all = ["config", "check"])]
    pub(crate) print_config: bool,

    /// Only checks the configuration and the announcements
    #[arg(long)]
    pub(crate) check: bool,
}

/// `smartcpd doctor`.
///
/// A line for each thing that was looked at: ok, warn or fail, and what mends it. Run it before `serve`: sockets that
/// `serve` holds are told as taken.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Doctor {
    /// The configuration; found as by `serve`
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// `smartcpd evaluate`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Evaluate {
    /// Labelled calls, a line of JSON each, in the form of the evaluation corpus; audio is found relative to it
    #[arg(long, value_name = "FILE")]
    pub(crate) calls: PathBuf,

    #[command(flatten)]
    pub(crate) hearing: Hearing,

    /// Scores these lines of `analyze --format jsonl` instead of analysing the calls
    #[arg(long, value_name = "FILE", conflicts_with_all = ["prompts", "country", "curve"])]
    pub(crate) predictions: Option<PathBuf>,

    /// Prints people taken for machines against machines caught, over all settings of the knob
    #[arg(long)]
    pub(crate) curve: bool,

    /// Takes every N-th call of each kind: a fixed part with the proportions of the whole
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) part: Option<u16>,

    /// Figures that must be reached, as TOML: tables `at_least` and `at_most`
    #[arg(long, value_name = "FILE")]
    pub(crate) guard: Option<PathBuf>,

    /// Writes all figures as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Files analysed at the same time; without it, as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
}

/// `smartcpd prompts`.
///
/// A library is a folder with audio and prompts.jsonl, a line of JSON per prompt: id, file, operator, category, lang,
/// text; optional class, name, voice, source, dur_ms.
#[derive(Debug, Subcommand)]
#[command(after_help = EXIT_CODES)]
pub(crate) enum PromptsCommand {
    /// Adds recordings to a library, as 8 kHz mono WAV at a common level
    Add(AddPrompt),
    /// Tells what is in a library
    List {
        /// The library
        #[arg(long, value_name = "DIR|FILE")]
        prompts: PathBuf,
        /// How the list is told
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Tells everything that is wrong with a library
    Check {
        /// The library
        #[arg(long, value_name = "DIR|FILE")]
        prompts: PathBuf,
    },
    /// Tells which prompt a recording matches, and how the evidence grows
    Test {
        /// The library
        #[arg(long, value_name = "DIR|FILE")]
        prompts: PathBuf,
        /// The recording
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        audio: AudioForm,
    },
}

/// `smartcpd prompts add`.
#[derive(Args, Debug)]
pub(crate) struct AddPrompt {
    /// The library: a folder, made where it is missing, or its list
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) prompts: PathBuf,

    /// Recordings of prompts, one prompt each
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Identifier; without it, the file's name
    #[arg(long, value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) id: Option<String>,

    /// Title for people
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,

    /// Operator that plays it
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: Option<String>,

    /// What it says, in a word: unavailable, switched_off, busy, no_answer, invalid_number, out_of_service,
    /// number_changed, no_funds, barred, rejected, spam_blocked, network_congestion, call_forwarding, voicemail_intro,
    /// assistant, or a word of your own
    #[arg(long, value_name = "WORD")]
    pub(crate) category: Option<String>,

    /// Class of a call that meets it, as announcement.busy, where the category does not say
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,

    /// Language, as ru or ru+en
    #[arg(long, value_name = "CODE")]
    pub(crate) lang: Option<String>,

    /// What it says, in full
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,

    #[command(flatten)]
    pub(crate) audio: AudioForm,
}

/// What the detectors are told before they hear.
#[derive(Args, Clone, Debug)]
pub(crate) struct Hearing {
    /// Library of reference prompts: a folder with audio and prompts.jsonl, or the jsonl file itself
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) prompts: Option<PathBuf>,

    /// Countries whose tones are expected, as ISO 3166 codes; without it, any
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = country)]
    pub(crate) country: Vec<String>,

    /// Tone plans of your own: a folder of .toml files, or one; each takes the place of the built-in plan of its country
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) plans: Option<PathBuf>,

    /// How a doubtful answer is decided
    #[arg(long, value_enum, default_value_t = ProfileName::Balanced)]
    pub(crate) profile: ProfileName,
}

impl Hearing {
    /// The profile that the detectors take.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            operating_point: match self.profile {
                ProfileName::Balanced => OperatingPoint::Balanced,
                ProfileName::KeepPeople => OperatingPoint::KeepPeople,
                ProfileName::CatchMachines => OperatingPoint::CatchMachines,
            },
            countries: self.country.clone(),
            ..Profile::default()
        }
    }
}

/// Operating points, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// The figures of docs/accuracy.md are taken here
    Balanced,
    /// A machine must be beyond doubt; more machines pass as people
    KeepPeople,
    /// More machines are caught, more people are lost
    CatchMachines,
}

/// How audio files are read.
#[derive(Args, Clone, Debug)]
pub(crate) struct AudioForm {
    /// Channel that is heard, counted from 1; without it, all are mixed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) channel: Option<u16>,

    /// The files have no header: encoding of their samples
    #[arg(long, value_enum, value_name = "LAW")]
    pub(crate) raw: Option<Law>,

    /// Sample rate of headerless files, Hz
    #[arg(long, value_name = "HZ", default_value_t = 8_000, requires = "raw",
          value_parser = clap::value_parser!(u32).range(4_000..=384_000))]
    pub(crate) rate: u32,

    /// Interleaved channels of headerless files
    #[arg(long, value_name = "N", default_value_t = 1, requires = "raw",
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) channels: u16,
}

impl AudioForm {
    /// The same for the reader.
    pub(crate) fn reading(&self) -> Reading {
        Reading {
            raw: self.raw.map(|law| RawForm {
                law,
                rate_hz: self.rate,
                channels: usize::from(self.channels),
            }),
            channel: self
                .channel
                .map_or(Channel::Mixed, |n| Channel::Only(usize::from(n))),
            seconds_max: None,
        }
    }
}

/// `smartcpd analyze`.
///
/// Files: WAV (PCM, A-law, µ-law), FLAC, MP3, Ogg Vorbis and Opus at any sample rate; headerless audio with --raw;
/// pcap and pcapng, of which each RTP stream is analysed. Folders are searched for such files.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Analyze {
    /// Files and folders; without any, the files that --calls names
    #[arg(value_name = "PATH", required_unless_present = "calls")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) hearing: Hearing,

    /// When the call was answered, ms from the start of the recording; without it and --calls, never
    #[arg(long, value_name = "MS", conflicts_with = "calls")]
    pub(crate) answered_at: Option<u64>,

    /// A line of JSON per call: `file` and `answer_at_ms` (null: never answered)
    #[arg(long, value_name = "FILE")]
    pub(crate) calls: Option<PathBuf>,

    /// How results are told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Draws each recording into this folder: spectrogram, events, verdict, probability
    #[arg(long, value_name = "DIR")]
    pub(crate) picture: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) audio: AudioForm,

    /// Files analysed at the same time; without it, as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
}

/// Forms of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A timeline that a person reads, and the verdict
    Text,
    /// A line of JSON per file
    Jsonl,
}

/// A country's code as tone plans have it, in lower case.
fn country(text: &str) -> Result<String, String> {
    match text.trim().to_ascii_lowercase() {
        code if code.is_empty() => Err("countries are codes, as ru,us".to_owned()),
        code => Ok(code),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn countries_are_codes() {
        assert_eq!(country("RU"), Ok("ru".to_owned()));
        assert!(country(" ").is_err());
    }
}
