//! Bytes to characters.

use domain::roll::RollError;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Reads UTF-16, with a byte-order mark or without; `None` if the bytes are something else.
pub(super) fn utf16(bytes: &[u8]) -> Result<Option<String>, RollError> {
    let marked = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    if let Some((order, rest)) = marked {
        let text = order.decode_without_bom_handling_and_without_replacement(rest).ok_or(RollError::Damaged)?;
        return Ok(Some(text.into_owned()));
    }
    // Text in any other encoding has no zero bytes, and in this one every figure, space and line break has one.
    if !bytes.contains(&0) {
        return Ok(None);
    }
    let readings = [UTF_16LE, UTF_16BE].into_iter().filter_map(|order| order.decode_without_bom_handling_and_without_replacement(bytes));
    Ok(readings.filter(|text| is_written_here(text)).map(Cow::into_owned).next())
}

/// Whether a text has the characters that a list of ours can have, but for one in twenty.
fn is_written_here(text: &str) -> bool {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{2b0}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{20cf}' | '\u{feff}');
    let (mut all, mut strange) = (0, 0);
    for c in text.chars() {
        all += 1;
        strange += usize::from(!known(c));
    }
    !text.contains('\0') && strange * 20 < all
}

/// Reads text of bytes. A line that is not UTF-8 is read as Windows-1252: what an old encoding means by those
/// characters is for whoever reads the list to say.
pub(super) fn characters(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    bytes.split_inclusive(|&byte| byte == b'\n').map(line).collect()
}

fn line(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    // No old text has by chance what UTF-8 makes of "ễ": this is UTF-8 that was damaged.
    let damaged = matches!(text, Cow::Owned(_)) && text.chars().any(|c| c > '\u{ff}' && c != char::REPLACEMENT_CHARACTER);
    if damaged || matches!(text, Cow::Borrowed(_)) { text } else { WINDOWS_1252.decode_without_bom_handling(bytes).0 }
}
