//! Values that let whoever reads a report act for somebody are not carried into it.

/// The text with the value behind each `name=` masked, up to the next separator.
pub(crate) fn mask(text: &str, names: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = names.iter().filter_map(|name| find(rest, name)).min() {
        let (before, value) = rest.split_at_checked(at + length).unwrap_or((rest, ""));
        out.push_str(before);
        let end = value.find(['&', ';', ',', '"', '\'', ' ']).unwrap_or(value.len());
        if end > 0 {
            out.push('…');
        }
        rest = value.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Where `name=` stands, without regard to ASCII case, and how long it is with its sign.
fn find(text: &str, name: &str) -> Option<(usize, usize)> {
    let name = name.as_bytes();
    let is_here = |window: &[u8]| {
        window.split_last().is_some_and(|(sign, word)| *sign == b'=' && word.eq_ignore_ascii_case(name))
    };
    let at = text.as_bytes().windows(name.len() + 1).position(is_here)?;
    Some((at, name.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_value_behind_a_named_parameter_is_masked() {
        let names = ["canary".to_owned(), "token".to_owned()];
        assert_eq!(mask("schema=OAB&Canary=abc.def&x=1;TOKEN=zz", &names), "schema=OAB&Canary=…&x=1;TOKEN=…");
        assert_eq!(mask("canary=", &names), "canary=");
        assert_eq!(mask("火canary=火火&b", &names), "火canary=…&b");
        assert_eq!(mask("no secrets", &names), "no secrets");
    }
}
