//! The command as its users meet it: files in, lines out, exit codes. All audio is made here.

mod common;

use std::path::Path;

use common::{Folder, busy_tone, g711_capture, json_lines, run, wav};

#[test]
fn every_form_of_the_same_call_is_heard_alike() {
    let folder = Folder::new("forms");
    let samples = busy_tone(3.0);
    wav(&folder.path("plain.wav"), 8_000, 1, &samples);
    let stereo: Vec<i16> = samples.iter().flat_map(|&s| [0, s]).collect();
    wav(&folder.path("stereo.wav"), 8_000, 2, &stereo);
    let codes = |law: cpd_media::Law| samples.iter().map(|&s| law.encode(s)).collect::<Vec<u8>>();
    std::fs::write(folder.path("x.al"), codes(cpd_media::Law::A)).expect("written");
    std::fs::write(folder.path("x.ul"), codes(cpd_media::Law::Mu)).expect("written");
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_be_bytes()).collect();
    std::fs::write(folder.path("x.raw"), bytes).expect("written");
    std::fs::write(folder.path("x.pcap"), g711_capture(&samples, &[])).expect("written");

    let forms: [(&str, &[&str]); 6] = [
        ("plain.wav", &[]),
        ("stereo.wav", &["--channel", "2"]),
        ("x.al", &["--raw", "alaw"]),
        ("x.ul", &["--raw", "ulaw"]),
        ("x.raw", &["--raw", "s16be", "--rate", "8000"]),
        ("x.pcap", &[]),
    ];
    for (file, options) in forms {
        let mut args = vec!["analyze", "--format", "jsonl"];
        args.extend(options);
        let path = folder.path(file);
        args.push(path.to_str().expect("a path"));
        let done = run(&args);
        assert_eq!(done.code, 0, "{file}: {}", done.err);
        let lines = json_lines(&done.out);
        assert_eq!(lines.len(), 1, "{file}");
        assert_eq!(lines[0]["label"], "busy", "{file}: {}", done.out);
    }
}

#[test]
fn other_sample_rates_are_brought_to_eight_kilohertz() {
    let folder = Folder::new("rates");
    for rate in [16_000_u32, 44_100, 48_000] {
        let path = folder.path(&format!("{rate}.wav"));
        let samples: Vec<i16> = (0..rate * 2)
            .map(|n| (8_000.0 * (std::f32::consts::TAU * 425.0 * n as f32 / rate as f32).sin()) as i16)
            .collect();
        wav(&path, rate, 1, &samples);
        let done = run(&["analyze", path.to_str().expect("a path")]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.out.contains(" 2.0 s\n"), "{}", done.out);
    }
}

#[test]
fn bad_files_are_told_in_a_line_and_the_others_are_done() {
    let folder = Folder::new("bad");
    wav(&folder.path("good.wav"), 8_000, 1, &busy_tone(1.0));
    std::fs::write(folder.path("text.wav"), "hello").expect("written");
    std::fs::write(folder.path("empty.wav"), "").expect("written");
    wav(&folder.path("hollow.wav"), 8_000, 1, &[]);
    let whole = std::fs::read(folder.path("good.wav")).expect("read");
    std::fs::write(folder.path("cut.wav"), &whole[..8_044]).expect("written");
    let path = |name: &str| folder.path(name).display().to_string();
    let args = [
        "text.wav",
        "empty.wav",
        "hollow.wav",
        "cut.wav",
        "none.wav",
        "good.wav",
    ]
    .map(path);
    let mut all = vec!["analyze"];
    all.extend(args.iter().map(String::as_str));
    let done = run(&all);
    let wanted = [
        format!("smartcpd: failed to read {}: not audio", args[0]),
        format!("smartcpd: failed to read {}: empty", args[1]),
        format!("smartcpd: failed to read {}: empty: no samples in it", args[2]),
        format!(
            "smartcpd: failed to read {}: truncated: 0.50 s of 1.00 s are there",
            args[3]
        ),
        format!("smartcpd: failed to read {}: no such file or directory", args[4]),
    ];
    assert_eq!(done.err.lines().collect::<Vec<_>>(), wanted);
    assert!(done.out.contains("good.wav 1.0 s"), "{}", done.out);
    assert_eq!(done.code, 4, "the class of the first fault");
    for (file, code) in [("empty.wav", 5), ("cut.wav", 5), ("none.wav", 3), ("good.wav", 0)] {
        assert_eq!(run(&["analyze", &path(file)]).code, code, "{file}");
    }
}

#[test]
fn wrong_usage_and_help_say_what_they_should() {
    assert_eq!(run(&["analyze"]).code, 2);
    assert_eq!(run(&["analyze", "--country", "ru,,us", "x.wav"]).code, 2);
    let help = run(&["analyze", "--help"]);
    assert_eq!(help.code, 0);
    for words in ["Exit codes:", "--answered-at", "--picture", "--profile"] {
        assert!(help.out.contains(words), "{words}");
    }
}

#[test]
fn results_keep_the_order_of_the_arguments() {
    let folder = Folder::new("order");
    // The first is the longest, so that others are done before it.
    for n in 0..12 {
        let path = folder.path(&format!("{n:02}.wav"));
        wav(&path, 8_000, 1, &busy_tone(if n == 0 { 20.0 } else { 0.5 }));
    }
    let path = folder.root().display().to_string();
    let done = run(&["analyze", "--jobs", "4", "--format", "jsonl", &path]);
    let files: Vec<String> = json_lines(&done.out)
        .iter()
        .map(|line| line["file"].as_str().expect("a name").to_owned())
        .collect();
    let wanted: Vec<String> = (0..12)
        .map(|n| folder.path(&format!("{n:02}.wav")).display().to_string())
        .collect();
    assert_eq!(files, wanted);
}

#[test]
fn the_list_of_calls_names_and_answers() {
    let folder = Folder::new("calls");
    std::fs::create_dir_all(folder.path("audio")).expect("folder");
    wav(&folder.path("audio/a.wav"), 8_000, 1, &busy_tone(2.0));
    let list = folder.path("calls.jsonl");
    std::fs::write(
        &list,
        "{\"file\": \"audio/a.wav\", \"answer_at_ms\": 500, \"label\": \"human\"}\n",
    )
    .expect("list");
    let list = list.display().to_string();
    let done = run(&["analyze", "--format", "jsonl", "--calls", &list]);
    let line = &json_lines(&done.out)[0];
    assert_eq!(line["file"], "audio/a.wav");
    let answered = line["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["type"] == "answered")
        .expect("answered");
    assert_eq!(answered["at_ms"], 500);

    std::fs::write(&list, "{\"name\": \"a\"}\n").expect("list");
    let done = run(&["analyze", "--calls", &list]);
    assert_eq!(done.code, 7);
    assert!(done.err.contains("line 1: missing field `file`"), "{}", done.err);
}

#[test]
fn pictures_are_drawn_with_a_page_of_all() {
    let folder = Folder::new("pictures");
    wav(&folder.path("a.wav"), 8_000, 1, &busy_tone(2.0));
    let (file, out) = (
        folder.path("a.wav").display().to_string(),
        folder.path("out").display().to_string(),
    );
    let done = run(&["analyze", "--picture", &out, &file]);
    assert_eq!(done.code, 0, "{}", done.err);
    let page = std::fs::read_to_string(Path::new(&out).join("index.html")).expect("page");
    let svg = page
        .split('"')
        .find(|part| part.ends_with(".svg"))
        .expect("a picture");
    let svg = std::fs::read_to_string(Path::new(&out).join(svg)).expect("picture");
    assert!(svg.starts_with("<svg") && svg.contains("data:image/png;base64,"));

    let blocked = folder.path("a.wav/out").display().to_string();
    assert_eq!(run(&["analyze", "--picture", &blocked, &file]).code, 8);
}

#[test]
fn a_capture_gives_each_stream_its_gaps_and_its_digits() {
    let folder = Folder::new("capture");
    let path = folder.path("call.pcap");
    std::fs::write(&path, g711_capture(&busy_tone(2.0), &[20, 21])).expect("written");
    let path = path.display().to_string();
    let done = run(&["analyze", "--format", "jsonl", &path]);
    assert_eq!(done.code, 0, "{}", done.err);
    let line = &json_lines(&done.out)[0];
    let file = line["file"].as_str().expect("a name");
    assert!(file.starts_with(&format!("{path}#")), "{file}");
    let lost: u64 = line["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["type"] == "gap")
        .filter_map(|event| event["ms"].as_u64())
        .sum();
    assert_eq!(lost, 40, "two packets of 20 ms");
    assert_eq!(line["named_digits"][0][1], "5");
}

#[test]
fn a_plan_of_ones_own_adds_a_country_and_an_unknown_country_is_told() {
    let folder = Folder::new("plans");
    let file = folder.path("busy.wav").to_string_lossy().into_owned();
    // 330 ms of 560 Hz and 220 ms of nothing: no country's.
    let tone: Vec<i16> = (0..48_000)
        .map(|n| {
            let wave = (std::f32::consts::TAU * 560.0 * n as f32 / 8_000.0).sin();
            if n % 4_400 < 2_640 {
                (6_000.0 * wave) as i16
            } else {
                0
            }
        })
        .collect();
    wav(&folder.path("busy.wav"), 8_000, 1, &tone);
    let unknown = run(&["analyze", "--country", "office", &file]);
    assert_eq!(unknown.code, 10);
    assert!(
        unknown
            .err
            .contains("failed to expect the tones of country office: there is no tone plan of it"),
        "{}",
        unknown.err
    );

    let plan = folder.path("office.toml");
    let text = "country = \"office\"\nname = \"The office exchange\"\nsource = \"measured\"\n\
        busy = [ { hz = [560], ms = 330 }, { ms = 220 } ]\n";
    std::fs::write(&plan, text).expect("written");
    let plans = folder.root().to_string_lossy().into_owned();
    let known = run(&["analyze", "--plans", &plans, "--country", "office", &file]);
    assert_eq!(known.code, 0, "{}", known.err);
    assert!(known.out.contains("busy office"), "{}", known.out);

    std::fs::write(&plan, text.replace("330 }, {", "5 }, {")).expect("written");
    let faulty = run(&["analyze", "--plans", &plans, &file]);
    assert_eq!(faulty.code, 10);
    assert!(
        faulty.err.contains("office.toml") && faulty.err.contains("ms"),
        "{}",
        faulty.err
    );
}
