//! What bytes are, by how they begin; what a mail says of them is a stranger's word.

/// Bytes that are looked at.
const BEGIN: usize = 1_024;

/// The media type of bytes; `application/octet-stream` where they show none. What a browser could run is told as such, whatever it
/// was called.
#[must_use]
pub fn sniff(bytes: &[u8]) -> &'static str {
    const BEGINS: [(&[u8], &str); 19] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07", "application/vnd.rar"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"{\\rtf", "application/rtf"),
        (b"OggS", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"ID3", "audio/mpeg"),
        (b"MZ", "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF", "application/x-elf"),
    ];
    if let Some((_, kind)) = BEGINS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return kind;
    }
    match (bytes.get(..4), bytes.get(8..12)) {
        (Some(b"RIFF"), Some(b"WAVE")) => return "audio/wav",
        (Some(b"RIFF"), Some(b"WEBP")) => return "image/webp",
        _ => (),
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return "video/mp4";
    }
    text(&bytes[..bytes.len().min(BEGIN)])
}

fn text(begin: &[u8]) -> &'static str {
    let strange = |byte: &u8| *byte < b' ' && !b"\t\n\r\x0c\x1b".contains(byte);
    if begin.iter().any(strange) {
        return "application/octet-stream";
    }
    let words = String::from_utf8_lossy(begin)
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    let has = |tag: &str| words.contains(tag);
    if has("<svg") {
        return "image/svg+xml";
    }
    if ["<!doctype html", "<html", "<script", "<body", "<head", "<iframe"]
        .iter()
        .any(|tag| has(tag))
    {
        return "text/html";
    }
    if words.starts_with("<?xml") {
        return "text/xml";
    }
    if words.starts_with("begin:vcalendar") {
        return "text/calendar";
    }
    "text/plain"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_they_are() {
        for (bytes, kind) in [
            (b"\x89PNG\r\n\x1a\n\0\0".as_slice(), "image/png"),
            (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
            (b"RIFF\0\0\0\0WEBP", "image/webp"),
            (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (b"\n <?xml version='1.0'?><SVG onload='x'>", "image/svg+xml"),
            (b"\xef\xbb\xbf<!DOCTYPE HTML><p>", "text/html"),
            ("2026-11-25 ошибка".as_bytes(), "text/plain"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }
}
