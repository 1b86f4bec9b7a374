//! The pattern language of STIX 2: part 9 of the standard, "STIX Patterning".

/// A pattern that is longer is not read.
const LENGTH_CAP: usize = 256 << 10;
/// Brackets may nest so deep.
const DEPTH_CAP: usize = 64;

/// What is to be observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Observation {
    /// One object for which a comparison holds.
    One(Comparison),
    /// One of several observations.
    Any(Vec<Self>),
    /// All of several, or one after another: what this says cannot be seen value by value.
    Several,
    /// Within, repeated or between times.
    Qualified,
}

/// A comparison within one observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Comparison {
    /// One property.
    Test(Test),
    /// All hold.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
}

/// One property compared with constants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    /// Type of the object: `file`.
    pub object: String,
    /// Its property, steps joined by dots and without indices: `hashes.SHA-256`.
    pub property: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what; several for `IN`.
    pub values: Vec<String>,
    /// The test as it is written.
    pub written: String,
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`, or `IN` with several values.
    Equals,
    /// `LIKE`.
    Like,
    /// `MATCHES`.
    Matches,
    /// `ISSUBSET`.
    IsSubset,
    /// Any other, and any under `NOT`.
    Other,
}

/// Reads a pattern.
///
/// # Errors
/// What was expected and where.
pub(super) fn parse(pattern: &str) -> Result<Observation, String> {
    if pattern.len() > LENGTH_CAP {
        return Err(format!("longer than {LENGTH_CAP} bytes"));
    }
    let mut parser = Parser { text: pattern, at: 0, depth: 0 };
    let observation = parser.observations()?;
    parser.blank();
    if parser.at == pattern.len() { Ok(observation) } else { Err(parser.expected("the end")) }
}

struct Parser<'p> {
    text: &'p str,
    at: usize,
    depth: usize,
}

impl<'p> Parser<'p> {
    fn observations(&mut self) -> Result<Observation, String> {
        self.deeper()?;
        let mut alternatives = vec![self.qualified()?];
        let mut is_several = false;
        loop {
            if self.word("OR") {
                alternatives.push(self.qualified()?);
            } else if self.word("AND") || self.word("FOLLOWEDBY") {
                is_several = true;
                self.qualified()?;
            } else {
                break;
            }
        }
        self.depth -= 1;
        let first = if alternatives.len() == 1 { alternatives.pop() } else { Some(Observation::Any(alternatives)) };
        Ok(first.filter(|_| !is_several).unwrap_or(Observation::Several))
    }

    fn qualified(&mut self) -> Result<Observation, String> {
        let mut observation = if self.sign("(") {
            let inner = self.observations()?;
            self.closing(")")?;
            inner
        } else if self.sign("[") {
            let comparison = self.any()?;
            self.closing("]")?;
            Observation::One(comparison)
        } else {
            return Err(self.expected("`[`"));
        };
        while self.qualifier()? {
            observation = Observation::Qualified;
        }
        Ok(observation)
    }

    fn qualifier(&mut self) -> Result<bool, String> {
        if self.word("WITHIN") {
            self.constant()?;
            return if self.word("SECONDS") { Ok(true) } else { Err(self.expected("SECONDS")) };
        }
        if self.word("REPEATS") {
            self.constant()?;
            return if self.word("TIMES") { Ok(true) } else { Err(self.expected("TIMES")) };
        }
        if self.word("START") {
            self.constant()?;
            if !self.word("STOP") {
                return Err(self.expected("STOP"));
            }
            self.constant()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn any(&mut self) -> Result<Comparison, String> {
        let mut parts = vec![self.all()?];
        while self.word("OR") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Comparison::Any))
    }

    fn all(&mut self) -> Result<Comparison, String> {
        let mut parts = vec![self.comparison()?];
        while self.word("AND") {
            parts.push(self.comparison()?);
        }
        Ok(one_or(parts, Comparison::All))
    }

    fn comparison(&mut self) -> Result<Comparison, String> {
        self.blank();
        if self.sign("(") {
            self.deeper()?;
            let inner = self.any()?;
            self.closing(")")?;
            self.depth -= 1;
            return Ok(inner);
        }
        let start = self.at;
        if self.word("EXISTS") {
            let (object, property) = self.path()?;
            return Ok(self.test(start, object, property, Operator::Other, Vec::new()));
        }
        let (object, property) = self.path()?;
        let is_negated = self.word("NOT");
        let (operator, values) = self.operator()?;
        let operator = if is_negated { Operator::Other } else { operator };
        Ok(self.test(start, object, property, operator, values))
    }

    fn test(
        &self,
        start: usize,
        object: String,
        property: String,
        operator: Operator,
        values: Vec<String>,
    ) -> Comparison {
        let written = self.text.get(start..self.at).unwrap_or_default().trim().to_owned();
        Comparison::Test(Test { object, property, operator, values, written })
    }

    fn operator(&mut self) -> Result<(Operator, Vec<String>), String> {
        if self.word("IN") {
            return Ok((Operator::Equals, self.set()?));
        }
        let words = [
            ("LIKE", Operator::Like),
            ("MATCHES", Operator::Matches),
            ("ISSUBSET", Operator::IsSubset),
            ("ISSUPERSET", Operator::Other),
        ];
        let signs = ["!=", "<>", "<=", ">=", "<", ">"];
        let word = words.into_iter().find(|(word, _)| self.word(word)).map(|(_, operator)| operator);
        let operator = match word {
            Some(operator) => operator,
            None if signs.iter().any(|sign| self.sign(sign)) => Operator::Other,
            None if self.sign("==") || self.sign("=") => Operator::Equals,
            None => return Err(self.expected("an operator")),
        };
        Ok((operator, vec![self.constant()?]))
    }

    fn set(&mut self) -> Result<Vec<String>, String> {
        if !self.sign("(") {
            return Err(self.expected("`(`"));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.constant()?);
            if self.sign(")") {
                return Ok(values);
            }
            if !self.sign(",") {
                return Err(self.expected("`,` or `)`"));
            }
        }
    }

    /// An object path: `file:hashes.'SHA-256'`, `network-traffic:dst_ref.value`, `x:list[*].name`.
    fn path(&mut self) -> Result<(String, String), String> {
        self.blank();
        let object = self.name();
        if object.is_empty() || !self.sign(":") {
            return Err(self.expected("an object path"));
        }
        let mut steps: Vec<String> = Vec::new();
        loop {
            self.blank();
            let step = if self.rest().starts_with('\'') { self.quoted()? } else { self.name().to_owned() };
            if step.is_empty() {
                return Err(self.expected("a property"));
            }
            steps.push(step);
            while self.sign("[") {
                let length = self.rest().find(']').ok_or_else(|| self.expected("`]`"))?;
                self.at += length + 1;
            }
            if !self.sign(".") {
                return Ok((object.to_owned(), steps.join(".")));
            }
        }
    }

    fn name(&mut self) -> &'p str {
        let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        let rest = self.rest();
        let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// A constant: text in quotes, also behind `t`, `h` or `b`; a number; a truth value.
    fn constant(&mut self) -> Result<String, String> {
        self.blank();
        let rest = self.rest();
        if let [b't' | b'h' | b'b', b'\'', ..] = rest.as_bytes() {
            self.at += 1;
        }
        if self.rest().starts_with('\'') {
            return self.quoted();
        }
        let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '+');
        let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.expected("a constant"));
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default().to_owned())
    }

    /// Text between quotes; a backslash takes the next character as it is.
    fn quoted(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\'' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => match characters.next() {
                    Some((_, escaped)) => text.push(escaped),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Err(self.expected("a closing quote"))
    }

    fn closing(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.blank();
        let is_here = self.rest().starts_with(sign);
        self.at += if is_here { sign.len() } else { 0 };
        is_here
    }

    /// A keyword, in any case, that does not go on.
    fn word(&mut self, word: &str) -> bool {
        self.blank();
        let Some((head, behind)) = self.rest().split_at_checked(word.len()) else { return false };
        let goes_on = behind.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | ':'));
        let is_here = head.eq_ignore_ascii_case(word) && !goes_on;
        self.at += if is_here { word.len() } else { 0 };
        is_here
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEPTH_CAP { Err(format!("nested deeper than {DEPTH_CAP}")) } else { Ok(()) }
    }

    fn expected(&self, what: &str) -> String {
        let here: String = self.rest().chars().take(20).collect();
        format!("{what} expected at byte {}: {here}", self.at)
    }
}

fn one_or(mut parts: Vec<Comparison>, many: fn(Vec<Comparison>) -> Comparison) -> Comparison {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn test(object: &str, property: &str, operator: Operator, values: &[&str], written: &str) -> Comparison {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Comparison::Test(Test {
            object: object.to_owned(),
            property: property.to_owned(),
            operator,
            values,
            written: written.to_owned(),
        })
    }

    #[test]
    fn paths_operators_and_constants_are_read() {
        for (written, object, property, operator, values) in [
            ("file:hashes.'SHA-256' = 'ab'", "file", "hashes.SHA-256", Operator::Equals, &["ab"][..]),
            (r"file:name = 'a\'b\\c'", "file", "name", Operator::Equals, &[r"a'b\c"]),
            (
                "ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')",
                "ipv4-addr",
                "value",
                Operator::Equals,
                &["192.0.2.1", "192.0.2.2"],
            ),
            ("ipv4-addr:value ISSUBSET '192.0.2.0/24'", "ipv4-addr", "value", Operator::IsSubset, &["192.0.2.0/24"]),
            ("file:name MATCHES '^a.*'", "file", "name", Operator::Matches, &["^a.*"]),
            ("file:name LIKE 'a%'", "file", "name", Operator::Like, &["a%"]),
            ("file:name NOT = 'a'", "file", "name", Operator::Other, &["a"]),
            ("file:size >= 10", "file", "size", Operator::Other, &["10"]),
            (
                "domain-name:resolves_to_refs[*].value = 'x'",
                "domain-name",
                "resolves_to_refs.value",
                Operator::Equals,
                &["x"],
            ),
            ("file:created = t'2021-03-03T00:00:00Z'", "file", "created", Operator::Equals, &["2021-03-03T00:00:00Z"]),
        ] {
            let expected = Observation::One(test(object, property, operator, values, written));
            assert_eq!(parse(&format!(" [ {written} ] ")), Ok(expected), "{written}");
        }
    }

    #[test]
    fn and_binds_closer_than_or_and_brackets_closer_than_both() {
        let [a, b, c] =
            ["a", "b", "c"].map(|value| test("x", "y", Operator::Equals, &[value], &format!("x:y = '{value}'")));
        let of = |pattern: &str| {
            parse(&pattern.replace('a', "x:y = 'a'").replace('b', "x:y = 'b'").replace('c', "x:y = 'c'"))
        };
        assert_eq!(
            of("[a OR b AND c]"),
            Ok(Observation::One(Comparison::Any(vec![a.clone(), Comparison::All(vec![b.clone(), c.clone()])])))
        );
        assert_eq!(
            of("[(a OR b) AND c]"),
            Ok(Observation::One(Comparison::All(vec![Comparison::Any(vec![a.clone(), b.clone()]), c])))
        );
        assert_eq!(of("[a] OR [b]"), Ok(Observation::Any(vec![Observation::One(a), Observation::One(b)])));
        assert_eq!(of("[a] FOLLOWEDBY [b]"), Ok(Observation::Several));
        assert_eq!(of("([a] AND [b]) WITHIN 5 SECONDS"), Ok(Observation::Qualified));
        assert_eq!(of("[a] START t'x' STOP t'y'"), Ok(Observation::Qualified));
    }

    #[test]
    fn what_is_malformed_is_told_with_its_place() {
        assert!(parse("[file:name = 'x]").unwrap_err().contains("closing quote"));
        assert!(parse("[file:name 'x']").unwrap_err().contains("an operator expected at byte 11"));
        assert!(parse("").is_err());
        assert!(parse("[a:b = 'c'] x").is_err());
        let deep = format!("{}a:b = 'c'{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(parse(&format!("[{deep}]")).unwrap_err().contains("nested deeper"));
        assert!(parse(&format!("[a:b = '{}']", "x".repeat(LENGTH_CAP))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(pattern in "(\\[|\\]|\\(|\\)|file:name|=|'a'|'|\\\\| AND | OR | NOT | IN |火|,|\\.){0,30}") {
            let _ = parse(&pattern);
        }
    }
}
