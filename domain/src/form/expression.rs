//! Expressions: XPath 1.0 with the additions of OpenRosa, and `${question}`.
//!
//! Depth is bounded while parsing, and chains of one operator are one node, so that whatever walks the tree later may
//! recurse: neither nesting nor length can exhaust the stack.

use super::problem::Fault;

/// An expression as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Number(f64),
    Text(String),
    /// Operators of one rank, from left to right.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    Negate(Box<Expr>),
    Union(Vec<Expr>),
    Call(Call),
    Path(Path),
}

/// A function called by its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub name: String,
    pub arguments: Vec<Expr>,
    /// Where in the text the name stands, in characters from 1.
    pub at: usize,
}

/// Where to start, and the steps from there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub start: Start,
    pub predicates: Vec<Expr>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    /// `/…`
    Root,
    /// `.`, `..` or a name.
    Context,
    /// `${…}`, and where it stands.
    Question(String, usize),
    Expr(Box<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub axis: Axis,
    pub predicates: Vec<Expr>,
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Axis {
    Itself,
    Parent,
    Child(String),
    Children,
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Div,
    Mod,
}

impl Operator {
    /// How tightly it binds.
    const fn rank(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Equal | Self::Unequal => 2,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 3,
            Self::Plus | Self::Minus => 4,
            Self::Times | Self::Div | Self::Mod => 5,
        }
    }
}

/// How deeply an expression may be nested. The longest chain of `if(…, if(…` met in a real form has 63 provinces.
pub(super) const MAX_DEPTH: usize = 100;

/// Reads an expression.
///
/// # Errors
/// What is wrong and where, in characters from 1.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let tokens = tokenize(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0, end: text.chars().count() + 1 };
    let expr = parser.expression(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(expr),
        Some(token) => Err(Fault::Syntax { at: token.at, found: token.kind.words() }),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum TokenKind {
    Number(f64),
    Text(String),
    Name(String),
    Question(String),
    Operator(Operator),
    Sign(&'static str),
}

impl TokenKind {
    fn words(&self) -> String {
        match self {
            Self::Number(number) => super::value::print(*number),
            Self::Text(text) => format!("'{text}'"),
            Self::Name(name) => name.clone(),
            Self::Question(name) => format!("${{{name}}}"),
            Self::Operator(operator) => match operator {
                Operator::Or => "or",
                Operator::And => "and",
                Operator::Equal => "=",
                Operator::Unequal => "!=",
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Greater => ">",
                Operator::GreaterOrEqual => ">=",
                Operator::Plus => "+",
                Operator::Minus => "-",
                Operator::Times => "*",
                Operator::Div => "div",
                Operator::Mod => "mod",
            }
            .to_owned(),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
struct Token {
    kind: TokenKind,
    at: usize,
}

/// What may begin a name; what may follow it are these, figures, `-` and `.`.
pub(super) fn begins_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// Whether a text is a name as XML has them, without a prefix.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(begins_name) && text.chars().all(continues_name)
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{300}'..='\u{36f}')
}

fn tokenize(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = text.chars().enumerate().map(|(at, c)| (at + 1, c)).peekable();
    while let Some((at, c)) = chars.next() {
        let mut followed_by = |wanted: char| chars.next_if(|(_, c)| *c == wanted).is_some();
        // XPath 1.0 §3.7: a star, and a name, is an operator where an operand has just ended.
        let after_operand = tokens.last().is_some_and(|token| {
            !matches!(token.kind, TokenKind::Operator(_) | TokenKind::Sign("(" | "[" | "," | "/" | "//" | "::" | "@" | "|"))
        });
        let kind = match c {
            _ if c.is_whitespace() => continue,
            '(' => TokenKind::Sign("("),
            ')' => TokenKind::Sign(")"),
            '[' => TokenKind::Sign("["),
            ']' => TokenKind::Sign("]"),
            ',' => TokenKind::Sign(","),
            '@' => TokenKind::Sign("@"),
            '|' => TokenKind::Sign("|"),
            '/' if followed_by('/') => TokenKind::Sign("//"),
            '/' => TokenKind::Sign("/"),
            ':' if followed_by(':') => TokenKind::Sign("::"),
            '+' => TokenKind::Operator(Operator::Plus),
            '-' => TokenKind::Operator(Operator::Minus),
            '=' => TokenKind::Operator(Operator::Equal),
            '!' if followed_by('=') => TokenKind::Operator(Operator::Unequal),
            '<' if followed_by('=') => TokenKind::Operator(Operator::LessOrEqual),
            '<' => TokenKind::Operator(Operator::Less),
            '>' if followed_by('=') => TokenKind::Operator(Operator::GreaterOrEqual),
            '>' => TokenKind::Operator(Operator::Greater),
            '*' if after_operand => TokenKind::Operator(Operator::Times),
            '*' => TokenKind::Sign("*"),
            // Spreadsheet programs curl quotes by themselves; what they close is as plain as before.
            '"' | '\'' | '“' | '”' | '‘' | '’' => {
                let closing: &[char] = match c {
                    '"' => &['"'],
                    '\'' => &['\''],
                    '“' | '”' => &['“', '”'],
                    _ => &['‘', '’'],
                };
                let mut literal = String::new();
                loop {
                    match chars.next() {
                        None => return Err(Fault::OpenQuote { at }),
                        Some((_, c)) if closing.contains(&c) => break,
                        Some((_, c)) => literal.push(c),
                    }
                }
                TokenKind::Text(literal)
            }
            '$' if followed_by('{') => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        None => return Err(Fault::OpenReference { at }),
                        Some((_, '}')) => break,
                        Some((_, c)) => name.push(c),
                    }
                }
                TokenKind::Question(name.trim().to_owned())
            }
            '.' if followed_by('.') => TokenKind::Sign(".."),
            '.' if !chars.peek().is_some_and(|(_, c)| c.is_ascii_digit()) => TokenKind::Sign("."),
            '0'..='9' | '.' => {
                let mut digits = String::from(c);
                let mut has_point = c == '.';
                while let Some((_, c)) = chars.next_if(|(_, c)| c.is_ascii_digit() || (*c == '.' && !has_point)) {
                    has_point |= c == '.';
                    digits.push(c);
                }
                match digits.parse() {
                    Ok(number) => TokenKind::Number(number),
                    Err(_) => return Err(Fault::Syntax { at, found: digits }),
                }
            }
            _ if begins_name(c) => {
                let mut name = String::from(c);
                while let Some((_, c)) = chars.next_if(|(_, c)| continues_name(*c)) {
                    name.push(c);
                }
                // One prefix, as in `jr:choice-name`; `::` is an axis.
                let mut ahead = chars.clone();
                if ahead.next().is_some_and(|(_, c)| c == ':') && ahead.next().is_some_and(|(_, c)| begins_name(c)) {
                    name.push(':');
                    chars.next();
                    while let Some((_, c)) = chars.next_if(|(_, c)| continues_name(*c)) {
                        name.push(c);
                    }
                }
                match name.as_str() {
                    "or" if after_operand => TokenKind::Operator(Operator::Or),
                    "and" if after_operand => TokenKind::Operator(Operator::And),
                    "div" if after_operand => TokenKind::Operator(Operator::Div),
                    "mod" if after_operand => TokenKind::Operator(Operator::Mod),
                    _ => TokenKind::Name(name),
                }
            }
            _ => return Err(Fault::Syntax { at, found: c.to_string() }),
        };
        tokens.push(Token { kind, at });
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
    /// Where the text ends, for what is missing there.
    end: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    fn is(&self, sign: &'static str) -> bool {
        self.peek() == Some(&TokenKind::Sign(sign))
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let found = self.is(sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Fault> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> Fault {
        match self.tokens.get(self.next) {
            Some(token) => Fault::Syntax { at: token.at, found: token.kind.words() },
            None => Fault::Unfinished { at: self.end },
        }
    }

    /// Operators that bind at least as tightly as `rank`, and their operands. Everything nested comes through here.
    fn expression(&mut self, rank: u8) -> Result<Expr, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::TooDeep { at: self.at() });
        }
        let mut left = self.unary()?;
        while let Some(next) = self.operator().map(Operator::rank).filter(|next| *next >= rank) {
            let mut rest = Vec::new();
            while let Some(operator) = self.operator().filter(|operator| operator.rank() == next) {
                self.next += 1;
                rest.push((operator, self.expression(next + 1)?));
            }
            left = Expr::Chain(Box::new(left), rest);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<Operator> {
        match self.peek() {
            Some(TokenKind::Operator(operator)) => Some(*operator),
            _ => None,
        }
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let mut negative = false;
        while self.peek() == Some(&TokenKind::Operator(Operator::Minus)) {
            self.next += 1;
            negative = !negative;
        }
        let first = self.path()?;
        let mut united = vec![first];
        while self.take("|") {
            united.push(self.path()?);
        }
        let expr = match united.pop() {
            Some(only) if united.is_empty() => only,
            Some(last) => {
                united.push(last);
                Expr::Union(united)
            }
            None => return Err(self.unexpected()),
        };
        Ok(if negative { Expr::Negate(Box::new(expr)) } else { expr })
    }

    fn path(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        let (start, mut steps) = match self.peek().cloned() {
            Some(TokenKind::Number(number)) => {
                self.next += 1;
                return Ok(Expr::Number(number));
            }
            Some(TokenKind::Text(text)) => {
                self.next += 1;
                return Ok(Expr::Text(text));
            }
            Some(TokenKind::Question(name)) => {
                self.next += 1;
                (Start::Question(name, at), Vec::new())
            }
            Some(TokenKind::Sign("(")) => {
                self.next += 1;
                let inner = self.expression(0)?;
                self.expect(")")?;
                (Start::Expr(Box::new(inner)), Vec::new())
            }
            Some(TokenKind::Name(name))
                if self.tokens.get(self.next + 1).is_some_and(|next| next.kind == TokenKind::Sign("(")) && name != "node" =>
            {
                self.next += 2;
                let mut arguments = Vec::new();
                if !self.take(")") {
                    loop {
                        arguments.push(self.expression(0)?);
                        if self.take(")") {
                            break;
                        }
                        self.expect(",")?;
                    }
                }
                (Start::Expr(Box::new(Expr::Call(Call { name, arguments, at }))), Vec::new())
            }
            Some(TokenKind::Sign("/")) => {
                self.next += 1;
                let steps = if self.begins_step() { vec![self.step()?] } else { Vec::new() };
                (Start::Root, steps)
            }
            Some(TokenKind::Sign("//")) => return Err(Fault::Axis { at, axis: "//".to_owned() }),
            _ if self.begins_step() => (Start::Context, vec![self.step()?]),
            _ => return Err(self.unexpected()),
        };
        let mut predicates = Vec::new();
        if !matches!(start, Start::Root | Start::Context) {
            predicates = self.predicates()?;
        }
        loop {
            if self.is("//") {
                return Err(Fault::Axis { at: self.at(), axis: "//".to_owned() });
            }
            if !self.take("/") {
                break;
            }
            steps.push(self.step()?);
        }
        match start {
            // Brackets, or a call, and nothing behind them.
            Start::Expr(inner) if predicates.is_empty() && steps.is_empty() => Ok(*inner),
            start => Ok(Expr::Path(Path { start, predicates, steps })),
        }
    }

    fn begins_step(&self) -> bool {
        matches!(self.peek(), Some(TokenKind::Name(_) | TokenKind::Sign("." | ".." | "*" | "@")))
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let at = self.at();
        let Some(token) = self.tokens.get(self.next) else { return Err(self.unexpected()) };
        self.next += 1;
        let axis = match &token.kind {
            TokenKind::Sign(".") => Axis::Itself,
            TokenKind::Sign("..") => Axis::Parent,
            TokenKind::Sign("*") => Axis::Children,
            TokenKind::Sign("@") => return Err(Fault::Axis { at, axis: "@".to_owned() }),
            TokenKind::Name(axis) if self.take("::") => {
                let test = match self.peek() {
                    Some(TokenKind::Name(name)) => Some(name.clone()),
                    Some(TokenKind::Sign("*")) => None,
                    _ => return Err(self.unexpected()),
                };
                self.next += 1;
                let is_any = test.as_deref().is_none_or(|test| test == "node");
                if test.as_deref() == Some("node") {
                    self.expect("(")?;
                    self.expect(")")?;
                }
                match (axis.as_str(), test) {
                    ("self", _) if is_any => Axis::Itself,
                    ("parent", _) if is_any => Axis::Parent,
                    ("child", _) if is_any => Axis::Children,
                    ("child", Some(name)) => Axis::Child(name),
                    _ => return Err(Fault::Axis { at, axis: format!("{axis}::") }),
                }
            }
            TokenKind::Name(name) if name == "node" && self.take("(") => {
                self.expect(")")?;
                Axis::Children
            }
            TokenKind::Name(name) => Axis::Child(name.clone()),
            _ => {
                self.next -= 1;
                return Err(self.unexpected());
            }
        };
        Ok(Step { axis, predicates: self.predicates()?, at })
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.expression(0)?);
            self.expect("]")?;
        }
        Ok(predicates)
    }
}
