//! Records as people write them in the samples of a pack: one JSON object on each line.
//!
//! `{"topic": "event", "time": "2021-03-03T04:12:33Z", "Channel": "Security", "EventID": 4688, "Data": ["a", "b"]}`:
//! `topic` (an event where none is given) and `time` are the record's own, everything else is a field.

use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Record, Topic, Value};
use serde_json::Value as Json;

/// All records of a file; or what is wrong with which line.
pub(crate) fn records(bytes: &[u8]) -> Result<Vec<Record>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is no UTF-8".to_owned())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| record(line).map_err(|what| format!("line {}: {what}", number + 1))).collect()
}

fn record(line: &str) -> Result<Record, String> {
    let Json::Object(object) = serde_json::from_str(line).map_err(|error| error.to_string())? else {
        return Err("is no JSON object".to_owned());
    };
    let word = object.get("topic").and_then(Json::as_str).unwrap_or(Topic::Event.word());
    let topic = Topic::ALL.into_iter().find(|topic| topic.word() == word);
    let mut record = Record::new(topic.ok_or_else(|| format!("`{word}` is no topic"))?, 0);
    for (name, value) in object {
        match name.as_str() {
            "topic" => {}
            "time" => {
                let time = value.as_str().and_then(|text| Timestamp::parse(text.as_bytes()));
                record.time = Some(time.ok_or("`time` is no time")?);
            }
            _ => record.fields.push((name.clone(), field(&name, value)?)),
        }
    }
    Ok(record)
}

fn field(name: &str, value: Json) -> Result<Value, String> {
    Ok(match value {
        Json::String(text) => Value::Text(text),
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => {
            number.as_i64().map(Value::Number).ok_or_else(|| format!("`{name}` is no whole number"))?
        }
        Json::Array(values) => {
            let texts = values.into_iter().map(|value| match value {
                Json::String(text) => Ok(text),
                _ => Err(format!("`{name}` holds something else than texts")),
            });
            Value::List(texts.collect::<Result<_, _>>()?)
        }
        Json::Null | Json::Object(_) => return Err(format!("`{name}` is neither text, number, truth value nor list")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_record_and_what_is_none_is_named() {
        let line = br#"{"topic": "service", "time": "2021-03-03T04:12:33Z", "ServiceName": "x", "N": 3, "L": ["a"]}"#;
        let records = records(line).unwrap();
        assert_eq!((records[0].topic, records[0].text("servicename")), (Topic::Service, Some("x")));
        assert_eq!(records[0].field("L"), Some(&Value::List(vec!["a".to_owned()])));
        for (bad, what) in
            [("{\"topic\": \"x\"}", "`x` is no topic"), ("\n[]", "line 2: is no"), ("{\"a\": null}", "`a`")]
        {
            let error = super::records(bad.as_bytes()).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
    }
}
