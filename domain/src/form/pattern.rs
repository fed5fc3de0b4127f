//! Regular expressions for `regex()`: as JavaRosa does, the whole text must match.
//!
//! All states are followed at once, so time grows with text × pattern and no pattern can hang a phone. What cannot be
//! matched this way (look-around, back references) is refused.

use std::iter::Peekable;
use std::str::Chars;

/// A pattern ready to match.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    code: Vec<Op>,
}

#[derive(Clone, Debug)]
enum Op {
    Char(Set),
    /// Go on at both.
    Split(usize, usize),
    Jump(usize),
    Start,
    End,
    Boundary(bool),
    Match,
}

#[derive(Clone, Debug, Default)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
    classes: Vec<(Class, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Any,
    Digit,
    Word,
    Space,
    Letter,
    Upper,
    Lower,
}

impl Class {
    fn has(self, c: char) -> bool {
        match self {
            Self::Any => c != '\n',
            Self::Digit => c.is_ascii_digit(),
            Self::Word => is_word(c),
            Self::Space => c.is_whitespace(),
            Self::Letter => c.is_alphabetic(),
            Self::Upper => c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Set {
    fn has(&self, c: char) -> bool {
        let inside = self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c))
            || self.classes.iter().any(|(class, yes)| class.has(c) == *yes);
        inside != self.negated
    }
}

/// How many instructions a pattern may have, its counted repetitions written out.
const MAX_CODE: usize = 4_000;
/// How deeply its groups may be nested.
const MAX_DEPTH: usize = 50;

impl Pattern {
    /// Reads a pattern; `None` where it is broken, too large, or needs what is refused.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let mut reader = Reader { rest: pattern.chars().peekable(), code: Vec::new(), depth: 0 };
        reader.alternatives()?;
        reader.push(Op::Match)?;
        reader.rest.next().is_none().then_some(Self { code: reader.code })
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut now = Threads::new(self.code.len());
        let mut next = Threads::new(self.code.len());
        let mut before = None;
        let mut chars = text.chars().peekable();
        self.follow(&mut now, 0, before, chars.peek().copied());
        while let Some(c) = chars.next() {
            before = Some(c);
            for &at in &now.list {
                if matches!(self.code.get(at), Some(Op::Char(set)) if set.has(c)) {
                    self.follow(&mut next, at + 1, before, chars.peek().copied());
                }
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
            if now.list.is_empty() {
                return false;
            }
        }
        now.list.iter().any(|at| matches!(self.code.get(*at), Some(Op::Match)))
    }

    /// Adds what can be reached without reading a letter.
    fn follow(&self, threads: &mut Threads, at: usize, before: Option<char>, after: Option<char>) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            match threads.seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.code.get(at) {
                Some(Op::Jump(to)) => open.push(*to),
                Some(Op::Split(one, other)) => open.extend([*one, *other]),
                Some(Op::Start) if before.is_none() => open.push(at + 1),
                Some(Op::End) if after.is_none() => open.push(at + 1),
                Some(Op::Boundary(yes)) if (before.is_some_and(is_word) != after.is_some_and(is_word)) == *yes => open.push(at + 1),
                Some(Op::Char(_) | Op::Match) => threads.list.push(at),
                _ => {}
            }
        }
    }
}

struct Threads {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Threads {
    fn new(len: usize) -> Self {
        Self { list: Vec::new(), seen: vec![false; len] }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.seen.fill(false);
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    code: Vec<Op>,
    depth: usize,
}

impl Reader<'_> {
    fn push(&mut self, op: Op) -> Option<()> {
        self.code.push(op);
        (self.code.len() <= MAX_CODE).then_some(())
    }

    fn alternatives(&mut self) -> Option<()> {
        let start = self.code.len();
        let mut ends = Vec::new();
        let mut from = start;
        loop {
            while self.rest.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
                self.repeated()?;
            }
            if self.rest.next_if_eq(&'|').is_none() {
                break;
            }
            // The split goes before this alternative; what is behind it moves by one.
            let tail = self.code.split_off(from);
            let other = from + tail.len() + 2;
            self.push(Op::Split(from + 1, other))?;
            self.extend_shifted(tail, from, 1)?;
            ends.push(self.code.len());
            self.push(Op::Jump(0))?;
            from = other;
        }
        let end = self.code.len();
        for at in ends {
            if let Some(jump) = self.code.get_mut(at) {
                *jump = Op::Jump(end);
            }
        }
        Some(())
    }

    /// Appends instructions that stood from `from` on, `by` places further.
    fn extend_shifted(&mut self, ops: Vec<Op>, from: usize, by: usize) -> Option<()> {
        let shift = |to: usize| if to >= from { to + by } else { to };
        for op in ops {
            self.push(match op {
                Op::Split(one, other) => Op::Split(shift(one), shift(other)),
                Op::Jump(to) => Op::Jump(shift(to)),
                other => other,
            })?;
        }
        Some(())
    }

    fn repeated(&mut self) -> Option<()> {
        let start = self.code.len();
        self.atom()?;
        loop {
            let (least, most) = match self.rest.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => {
                    self.rest.next();
                    let least = self.figures()?;
                    let most = if self.rest.next_if_eq(&',').is_none() {
                        Some(least)
                    } else if self.rest.peek() == Some(&'}') {
                        None
                    } else {
                        Some(self.figures()?)
                    };
                    if self.rest.peek() != Some(&'}') || most.is_some_and(|most| most < least) {
                        return None;
                    }
                    (least, most)
                }
                _ => return Some(()),
            };
            self.rest.next();
            // Lazy or not makes no difference to whether the whole matches.
            self.rest.next_if_eq(&'?');
            let atom = self.code.split_off(start);
            for _ in 0..least {
                let by = self.code.len() - start;
                self.extend_shifted(atom.clone(), start, by)?;
            }
            match most {
                None => {
                    let split = self.code.len();
                    self.push(Op::Split(split + 1, split + atom.len() + 2))?;
                    let by = self.code.len() - start;
                    self.extend_shifted(atom, start, by)?;
                    self.push(Op::Jump(split))?;
                }
                Some(most) => {
                    let end = self.code.len() + (most - least) * (atom.len() + 1);
                    for _ in least..most {
                        let split = self.code.len();
                        self.push(Op::Split(split + 1, end))?;
                        let by = self.code.len() - start;
                        self.extend_shifted(atom.clone(), start, by)?;
                    }
                }
            }
        }
    }

    fn figures(&mut self) -> Option<usize> {
        let mut figures = String::new();
        while let Some(c) = self.rest.next_if(char::is_ascii_digit) {
            figures.push(c);
        }
        figures.parse().ok().filter(|n| *n <= MAX_CODE)
    }

    fn atom(&mut self) -> Option<()> {
        let one = |c| Op::Char(Set { ranges: vec![(c, c)], ..Set::default() });
        match self.rest.next()? {
            '(' => {
                if self.rest.next_if_eq(&'?').is_some() {
                    self.rest.next_if_eq(&':')?;
                }
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return None;
                }
                self.alternatives()?;
                self.depth -= 1;
                self.rest.next_if_eq(&')').map(|_| ())
            }
            '[' => {
                let set = self.set()?;
                self.push(Op::Char(set))
            }
            '.' => self.push(Op::Char(Set { classes: vec![(Class::Any, true)], ..Set::default() })),
            '^' => self.push(Op::Start),
            '$' => self.push(Op::End),
            '\\' => match self.rest.peek()? {
                'b' | 'B' => {
                    let yes = self.rest.next()? == 'b';
                    self.push(Op::Boundary(yes))
                }
                _ => match self.escape()? {
                    Escape::Char(c) => self.push(one(c)),
                    Escape::Class(class, yes) => self.push(Op::Char(Set { classes: vec![(class, yes)], ..Set::default() })),
                },
            },
            '*' | '+' | '?' | '{' => None,
            c => self.push(one(c)),
        }
    }

    fn escape(&mut self) -> Option<Escape> {
        Some(match self.rest.next()? {
            'd' => Escape::Class(Class::Digit, true),
            'D' => Escape::Class(Class::Digit, false),
            'w' => Escape::Class(Class::Word, true),
            'W' => Escape::Class(Class::Word, false),
            's' => Escape::Class(Class::Space, true),
            'S' => Escape::Class(Class::Space, false),
            yes @ ('p' | 'P') => {
                self.rest.next_if_eq(&'{')?;
                let mut name = String::new();
                while let Some(c) = self.rest.next_if(|c| *c != '}') {
                    name.push(c);
                }
                self.rest.next()?;
                let class = match name.as_str() {
                    "L" | "IsAlphabetic" => Class::Letter,
                    "Lu" => Class::Upper,
                    "Ll" => Class::Lower,
                    _ => return None,
                };
                Escape::Class(class, yes == 'p')
            }
            'n' => Escape::Char('\n'),
            't' => Escape::Char('\t'),
            'r' => Escape::Char('\r'),
            c if c.is_alphanumeric() => return None,
            c => Escape::Char(c),
        })
    }

    fn set(&mut self) -> Option<Set> {
        let mut set = Set { negated: self.rest.next_if_eq(&'^').is_some(), ..Set::default() };
        let mut first = true;
        loop {
            let low = match self.rest.next()? {
                ']' if !first => return Some(set),
                '\\' => match self.escape()? {
                    Escape::Char(c) => c,
                    Escape::Class(class, yes) => {
                        set.classes.push((class, yes));
                        first = false;
                        continue;
                    }
                },
                c => c,
            };
            first = false;
            // A minus before the end of the set is itself.
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                self.rest.next();
                let high = match self.rest.next()? {
                    '\\' => match self.escape()? {
                        Escape::Char(c) => c,
                        Escape::Class(..) => return None,
                    },
                    c => c,
                };
                if high < low {
                    return None;
                }
                set.ranges.push((low, high));
            } else {
                set.ranges.push((low, low));
            }
        }
    }
}

enum Escape {
    Char(char),
    Class(Class, bool),
}
