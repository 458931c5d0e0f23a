//! Passes a recording through one codec, to compare it with another implementation.
//!
//!     cargo run --release -p cpd-sim --example codec -- IN.wav OUT.wav gsm|amr-12.2|amr-7.95|amr-5.9|amr-4.75|g729|alaw|ulaw|opus-BPS
//!
//! IN is 8 kHz mono, 16 bits.

use std::error::Error;

use cpd_media::Law;
use cpd_sim::{Codec, level};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = args.as_slice() else {
        return Err("usage: codec IN.wav OUT.wav CODEC".into());
    };
    let codec = match name.as_str() {
        "alaw" => Codec::G711(Law::A),
        "ulaw" => Codec::G711(Law::Mu),
        "gsm" => Codec::Gsm,
        "amr-12.2" => Codec::Amr122,
        "amr-7.95" => Codec::Amr795,
        "amr-5.9" => Codec::Amr59,
        "amr-4.75" => Codec::Amr475,
        "g729" => Codec::G729,
        other => match other.strip_prefix("opus-") {
            Some(rate) => Codec::Opus(rate.parse()?),
            None => return Err(format!("no codec is called {other}").into()),
        },
    };
    let mut reader = hound::WavReader::open(input)?;
    let said = reader.samples::<i16>().collect::<Result<Vec<_>, _>>()?;
    let heard = level::to_pcm(&codec.through(&level::to_float(&said)));
    let mut writer = hound::WavWriter::create(output, reader.spec())?;
    for sample in heard {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(())
}
