//! The check that an Ogg file is whole: its pages state their lengths, and the last must be there to its end.

use super::Refusal;

/// Fixed part of a page header (RFC 3533, section 6); the table of segment lengths follows.
const HEADER_BYTES: usize = 27;

/// Refuses a file that ends within a page. A last page without the end-of-stream mark is taken: recorders that are
/// stopped write none.
pub(super) fn check_length(bytes: &[u8]) -> Result<(), Refusal> {
    let mut rest = bytes;
    while rest.starts_with(b"OggS") {
        match page_bytes(rest).and_then(|length| rest.get(length..)) {
            Some(next) => rest = next,
            None => return Err(Refusal::damaged("truncated: ends within a page")),
        }
    }
    Ok(())
}

fn page_bytes(page: &[u8]) -> Option<usize> {
    let segments = usize::from(*page.get(HEADER_BYTES - 1)?);
    let lengths = page.get(HEADER_BYTES..HEADER_BYTES + segments)?;
    let body: usize = lengths.iter().map(|&length| usize::from(length)).sum();
    Some(HEADER_BYTES + segments + body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &[u8]) -> Vec<u8> {
        let mut page = b"OggS".to_vec();
        page.resize(HEADER_BYTES - 1, 0);
        page.extend([1, body.len() as u8]);
        page.extend(body);
        page
    }

    #[test]
    fn a_file_ends_with_a_page() {
        let file = [page(b"first"), page(b"second")].concat();
        assert!(check_length(&file).is_ok());
        for cut in [file.len() - 1, file.len() - 7, 40] {
            assert!(check_length(&file[..cut]).is_err(), "cut at {cut}");
        }
    }
}
