//! Records as people write them in the samples of a pack: one JSON object on each line.
//!
//! `{"topic": "event", "time": "2021-03-03T04:12:33Z", "Channel": "Security", "EventID": 4688, "Data": ["a", "b"]}`:
//! `topic` (an event where none is given) and `time` are the record's own, everything else is a field.

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Record, Topic, Value};
use serde_json::Value as Json;

/// All records of a file; or what is wrong with which line.
pub(crate) fn records(bytes: &[u8]) -> Result<Vec<Record>, Text> {
    let text = std::str::from_utf8(bytes).map_err(|_| both!("is no UTF-8", "UTF-8 ではありません"))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let in_line = |number: usize, Text { en, ja }| both!("line {number}: {en}", "{number} 行目: {ja}");
    lines.map(|(number, line)| record(line).map_err(|what| in_line(number + 1, what))).collect()
}

fn record(line: &str) -> Result<Record, Text> {
    let Json::Object(object) =
        serde_json::from_str(line).map_err(|error| Text::quoted(error, "JSON として読めません"))?
    else {
        return Err(both!("is no JSON object", "JSON オブジェクトではありません"));
    };
    let word = object.get("topic").and_then(Json::as_str).unwrap_or(Topic::Event.word());
    let topic = Topic::ALL.into_iter().find(|topic| topic.word() == word);
    let mut record = Record::new(
        topic.ok_or_else(|| both!("`{word}` is no topic", "`{word}` という種類のレコードはありません"))?,
        0,
    );
    for (name, value) in object {
        match name.as_str() {
            "topic" => {}
            "time" => {
                let time = value.as_str().and_then(|text| Timestamp::parse(text.as_bytes()));
                record.time = Some(time.ok_or(("`time` is no time", "`time` が日時ではありません"))?);
            }
            _ => record.fields.push((name.clone(), field(&name, value)?)),
        }
    }
    Ok(record)
}

fn field(name: &str, value: Json) -> Result<Value, Text> {
    Ok(match value {
        Json::String(text) => Value::Text(text),
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => number
            .as_i64()
            .map(Value::Number)
            .ok_or_else(|| both!("`{name}` is no whole number", "`{name}` が整数ではありません"))?,
        Json::Array(values) => {
            let texts = values.into_iter().map(|value| match value {
                Json::String(text) => Ok(text),
                _ => Err(both!("`{name}` holds something else than texts", "`{name}` に文字列でない値があります")),
            });
            Value::List(texts.collect::<Result<_, _>>()?)
        }
        Json::Null | Json::Object(_) => {
            return Err(both!(
                "`{name}` is neither text, number, truth value nor list",
                "`{name}` が文字列、数、真偽値、一覧のどれでもありません"
            ));
        }
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
            assert!(error.en.contains(what), "{error:?}");
        }
    }
}
