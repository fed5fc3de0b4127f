//! Just enough Rust to tell code from comments, strings and tests.

use std::ops::Range;

/// A source file, taken apart.
pub struct Source {
    /// The text with comments and the content of strings blanked out; every byte stands where it stood.
    pub code: String,
    /// The string literals in order.
    pub literals: Vec<Literal>,
    /// What is compiled for tests only.
    tests: Vec<Range<usize>>,
}

/// A string literal.
pub struct Literal {
    /// Where it begins.
    pub at: usize,
    /// What it says, escapes resolved.
    pub value: String,
}

impl Source {
    /// Takes a source file apart.
    pub fn parse(text: &str) -> Self {
        let mut scanner = Scanner { text, at: 0, code: text.as_bytes().to_vec(), literals: Vec::new() };
        scanner.scan();
        let code = String::from_utf8_lossy(&scanner.code).into_owned();
        let tests = test_ranges(&code);
        Self { code, literals: scanner.literals, tests }
    }

    /// The line, counted from one, of a place in the text.
    pub fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }

    /// Whether a place belongs to tests only.
    pub fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// Where this piece of code occurs, not as part of a longer name.
    pub fn find(&self, piece: &str) -> Vec<usize> {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let apart = |inside: Option<char>, outside: Option<char>| !(inside.is_some_and(is_name) && outside.is_some_and(is_name));
        self.code
            .match_indices(piece)
            .map(|(at, _)| at)
            .filter(|&at| {
                apart(piece.chars().next(), self.code[..at].chars().next_back())
                    && apart(piece.chars().next_back(), self.code[at + piece.len()..].chars().next())
            })
            .collect()
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    literals: Vec<Literal>,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn scan(&mut self) {
        let mut in_name = false;
        while let Some(letter) = self.rest().chars().next() {
            let opening = if in_name { None } else { opening_of_string(self.rest()) };
            if self.rest().starts_with("//") {
                let length = self.rest().find('\n').unwrap_or(self.rest().len());
                self.blank(length);
            } else if self.rest().starts_with("/*") {
                let length = block_comment(self.rest());
                self.blank(length);
            } else if let Some((opening, hashes)) = opening {
                self.string(opening, hashes);
            } else if letter == '\'' {
                let length = char_literal(self.rest());
                self.blank(length);
            } else {
                self.at += letter.len_utf8();
            }
            in_name = letter.is_alphanumeric() || letter == '_';
        }
    }

    fn blank(&mut self, length: usize) {
        for byte in &mut self.code[self.at..self.at + length] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at += length;
    }

    /// A string whose quotation mark is the last byte of its opening; raw if `hashes` is given.
    fn string(&mut self, opening: usize, hashes: Option<usize>) {
        let body = &self.rest()[opening..];
        let (length, closing, value) = match hashes {
            Some(hashes) => {
                let closing = format!("\"{}", "#".repeat(hashes));
                let length = body.find(&closing).unwrap_or(body.len());
                (length, closing.len(), body[..length].to_string())
            }
            None => {
                let length = end_of_string(body);
                (length, 1, unescape(&body[..length]))
            }
        };
        let whole = (opening + length + closing).min(self.rest().len());
        self.literals.push(Literal { at: self.at, value });
        self.blank(whole);
    }
}

/// The length of what opens a string here, and the number of hashes if it is a raw one.
fn opening_of_string(rest: &str) -> Option<(usize, Option<usize>)> {
    let unprefixed = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    if unprefixed.starts_with('"') {
        return Some((rest.len() - unprefixed.len() + 1, None));
    }
    let after_r = unprefixed.strip_prefix('r')?;
    let after_hashes = after_r.trim_start_matches('#');
    let hashes = after_r.len() - after_hashes.len();
    after_hashes.starts_with('"').then(|| (rest.len() - after_hashes.len() + 1, Some(hashes)))
}

fn end_of_string(body: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in body.char_indices() {
        match letter {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    body.len()
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a character literal, or of the mark alone where it begins a lifetime.
fn char_literal(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match letters.next() {
        // The escaped character is not the end, even if it is the mark.
        Some((_, '\\')) => rest.get(3..).and_then(|rest| rest.find('\'')).map_or(1, |length| 3 + length + 1),
        Some(_) => match letters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

fn unescape(body: &str) -> String {
    let mut value = String::new();
    let mut letters = body.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('r') => value.push('\r'),
            Some('0') => value.push('\0'),
            Some('u') => {
                let digits: String = letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                value.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some('x') => {
                let digits: String = letters.by_ref().take(2).collect();
                value.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some('\n') => letters = letters.as_str().trim_start().chars(),
            Some(other) => value.push(other),
            None => {}
        }
    }
    value
}

/// What each `#[cfg(test)]` or `#[cfg(all(test, …))]` stands before.
fn test_ranges(code: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for (at, _) in code.match_indices("cfg(").filter(|(at, _)| code[..*at].ends_with("#[")) {
        let Some(length) = code[at..].find(']') else { continue };
        let condition = &code[at..at + length];
        let for_tests = condition.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == "test");
        if for_tests && !condition.contains("not(") {
            ranges.push(at..end_of_item(code, at + length));
        }
    }
    ranges
}

/// An item ends with the brace that closes its first one, or with a semicolon before that.
fn end_of_item(code: &str, from: usize) -> usize {
    let mut depth = 0;
    for (at, letter) in code[from..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return from + at,
            _ => {}
        }
        if letter == '}' && depth == 0 {
            return from + at;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn comments_and_strings_are_not_code() {
        let source = Source::parse("let a = \"x.unwrap()\"; // y.unwrap()\n/* /* b */ .unwrap() */ c.unwrap();");
        assert_eq!(source.find(".unwrap(").len(), 1);
        assert_eq!(source.line(source.find(".unwrap(")[0]), 2);
    }

    #[test]
    fn strings_say_what_the_program_says() {
        let source = Source::parse(
            r####"f("a\"b\u{1ec7}\
            c", r#"d"e"#, b"g", br"h\", '"', "i")"####,
        );
        let values: Vec<&str> = source.literals.iter().map(|literal| literal.value.as_str()).collect();
        assert_eq!(values, ["a\"bệc", "d\"e", "g", "h\\", "i"]);
    }

    #[test]
    fn lifetimes_and_characters_do_not_open_strings() {
        let source = Source::parse(r#"fn f<'a>(x: &'a str) { g('\'', '\\', '"', 'ế', "s"); r#type.bar"x" }"#);
        let values: Vec<&str> = source.literals.iter().map(|literal| literal.value.as_str()).collect();
        assert_eq!(values[0], "s");
    }

    #[test]
    fn names_are_found_whole() {
        let source = Source::parse("use wasm_bindgen_futures::x; wasm_bindgen::y(); #[wasm_bindgen] z");
        assert_eq!(source.find("wasm_bindgen").len(), 2);
    }

    #[test]
    fn tests_are_known_as_such() {
        let source =
            Source::parse("fn a() { x() }\n#[cfg(test)]\nmod tests { fn b() { x() } }\nfn c() { x() }\n#[cfg(not(test))]\nfn d() { x() }");
        let outside: Vec<usize> = source.find("x()").into_iter().filter(|at| !source.is_test(*at)).map(|at| source.line(at)).collect();
        assert_eq!(outside, [1, 4, 6]);
    }
}
