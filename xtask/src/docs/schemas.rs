//! The page of the JSON Schemas: every object in them, with its keys. What the keys mean is written in the types, in English; the
//! Japanese page shows their forms and leads to the format's description.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// The schemas, and what `hikeshi` call writes such a document.
const SCHEMAS: [(&str, &str); 3] = [
    ("hikeshi-report-1", "hikeshi check PATH --format json"),
    ("hikeshi-fleet-1", "hikeshi report A B --format json"),
    ("hikeshi-comparison-1", "hikeshi report --compare A B --format json"),
];

pub(super) fn page(lang: &str) -> Result<String> {
    let mut out = String::from(match lang {
        "ja" => {
            "# JSON Schema\n\n機械処理用の文書の形です。プログラムの型から作られ、CI が一致を確かめます。意味は[報告書の形式](report-format.md)を参照してください。\n"
        }
        _ => {
            "# JSON Schemas\n\nThe forms of the documents for machines, made from the program's types; CI compares them. What they mean is explained in [the report format](report-format.md).\n"
        }
    });
    for (name, call) in SCHEMAS {
        let text = fs_err::read_to_string(crate::root().join(format!("docs/schema/{name}.json")))?;
        let schema: Value = serde_json::from_str(&text)?;
        write!(out, "\n## {name}\n\n`{call}`; [{name}.json](../../../../schema/{name}.json)\n")?;
        object(&mut out, &schema, lang)?;
        let definitions = schema.get("$defs").and_then(Value::as_object).context("a schema without definitions")?;
        for (definition, schema) in definitions {
            write!(out, "\n### {definition}\n")?;
            if let Some(description) = described(schema).filter(|_| lang == "en") {
                write!(out, "\n{description}\n")?;
            }
            object(&mut out, schema, lang)?;
        }
    }
    Ok(out)
}

fn object(out: &mut String, schema: &Value, lang: &str) -> Result<()> {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        return keys(out, properties, schema, lang);
    }
    if let Some(words) = words(schema) {
        write!(out, "\n{words}\n")?;
    }
    Ok(())
}

fn keys(out: &mut String, properties: &Map<String, Value>, schema: &Value, lang: &str) -> Result<()> {
    let required: Vec<_> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    out.push_str(match lang {
        "ja" => "\n| キー | 形 | 必須 |\n| --- | --- | --- |\n",
        _ => "\n| key | form | always there | |\n| --- | --- | --- | --- |\n",
    });
    for (key, value) in properties {
        let always = match (required.contains(&key.as_str()), lang) {
            (true, "ja") => "はい",
            (true, _) => "yes",
            (false, _) => "",
        };
        let form = form(value);
        match lang {
            "ja" => writeln!(out, "| `{key}` | {form} | {always} |")?,
            _ => writeln!(
                out,
                "| `{key}` | {form} | {always} | {} |",
                described(value).unwrap_or_default().replace('|', "\\|")
            )?,
        }
    }
    Ok(())
}

/// The description in one line. Links of the code's documentation lead nowhere here, and its markup characters are none.
fn described(schema: &Value) -> Option<String> {
    let text = schema.get("description")?.as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(text.replace("[`", "`").replace("`]", "`").replace('<', "&lt;"))
}

/// The words that a value may be.
fn words(schema: &Value) -> Option<String> {
    let alone = schema.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let described = schema.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let words = alone.iter().chain(described.iter().filter_map(|one| one.get("const")));
    let words: Vec<_> = words.filter_map(|word| Some(format!("`{}`", word.as_str()?))).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn form(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return format!("`{name}`");
    }
    if let Some(items) = schema.get("items") {
        return format!("[ {} ]", form(items));
    }
    if let Some(any) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        return any.iter().map(form).collect::<Vec<_>>().join(" \\| ");
    }
    if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
        return format!("{{ …: {} }}", form(values));
    }
    match schema.get("type") {
        Some(Value::String(one)) => format!("`{one}`"),
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).map(|one| format!("`{one}`")).collect::<Vec<_>>().join(" \\| ")
        }
        _ => words(schema).unwrap_or_default(),
    }
}
