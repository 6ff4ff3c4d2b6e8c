//! What the server answered, read: JSON, refusals, and what is neither.

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::{HeaderMap, Method, header};

use super::secret::{Secret, SecretMap};
use crate::types::Page;
use crate::{Error, ErrorKind};

/// How much of an unexpected answer is quoted.
const QUOTED: usize = 120;

/// What proxies and login pages send.
const WEB_PAGE: &str = "a web page instead of what was asked for, as proxies and login pages do (is the base URL right?)";

/// Headers in which servers name a request, the most telling first.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-amzn-requestid", "cf-ray"];

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) asked: Asked,
}

/// What an answer answers, for the errors that are made of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) attempts: u32,
    /// What must not show.
    pub(crate) key: Option<Secret>,
    pub(crate) secrets: Option<SecretMap>,
}

impl Asked {
    /// Takes out of a text what must not be shown.
    fn mask(&self, text: String) -> String {
        let text = match &self.key {
            Some(key) => key.mask(text),
            None => text,
        };
        match &self.secrets {
            Some(secrets) => secrets.mask(text),
            None => text,
        }
    }
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the body as a JSON object.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if is_blank(&self.body) {
            return Err(self.unexpected("an answer without a body"));
        }
        // Derived types read a list as their fields one after the other.
        if self.body.trim_ascii_start().starts_with(b"[") {
            return Err(self.unexpected("an answer of another shape (a list, not an object)"));
        }
        serde_json::from_slice(&self.body).map_err(|error| self.misread::<T>(error))
    }

    /// Reads the body as a JSON object that has one of these keys. Any object could be read where
    /// every field may be missing; one without any of them is the answer to something else.
    pub(crate) fn json_of<T: DeserializeOwned>(&self, keys: &[&str]) -> Result<T, Error> {
        let value = self.json()?;
        if keys.iter().any(|key| self.mentions(key)) {
            return Ok(value);
        }
        let key = keys.first().copied().unwrap_or_default();
        Err(self.unexpected(&format!("an object without `{key}` (is the base URL right?)")))
    }

    /// Whether the body, an object, has a key of this name, at whatever depth.
    fn mentions(&self, key: &str) -> bool {
        let quoted = format!("\"{key}\"");
        self.body.windows(quoted.len()).any(|window| window == quoted.as_bytes())
    }

    /// Whether there is no body, or one that says nothing: null, or an object without fields.
    fn is_nothing(&self) -> bool {
        let body = self.body.trim_ascii();
        matches!(body, b"" | b"null" | b"{}")
    }

    /// Reads the body as a page of rows; none is the empty one.
    pub(crate) fn page<T: DeserializeOwned>(&self) -> Result<Page<T>, Error> {
        if self.is_nothing() { Ok(Page::default()) } else { self.json_of(&["items"]) }
    }

    /// Reads the body as a list; none, and `null`, are the empty one.
    pub(crate) fn list<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        if is_blank(&self.body) {
            return Ok(Vec::new());
        }
        let list: Option<Vec<Option<T>>> = serde_json::from_slice(&self.body)
            .map_err(|error| self.misread::<Option<Vec<Option<T>>>>(error))?;
        Ok(list.unwrap_or_default().into_iter().flatten().collect())
    }

    /// Reads the body as JSON where there is one.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Error> {
        if is_blank(&self.body) {
            return Ok(T::default());
        }
        if self.body.trim_ascii_start().starts_with(b"[") {
            return Err(self.unexpected("an answer of another shape (a list, not an object)"));
        }
        let value: Option<T> =
            serde_json::from_slice(&self.body).map_err(|error| self.misread::<Option<T>>(error))?;
        Ok(value.unwrap_or_default())
    }

    /// Accepts an answer of which only the success matters. A web page is none: something between
    /// here and the server answered, and the server did nothing.
    pub(crate) fn nothing(&self) -> Result<(), Error> {
        let text = String::from_utf8_lossy(&self.body);
        if !is_blank(&self.body) && self.looks_like_html(&text) {
            return Err(self.unexpected(WEB_PAGE));
        }
        Ok(())
    }

    /// The error that a web page is.
    pub(crate) fn web_page(&self) -> Error {
        self.unexpected(WEB_PAGE)
    }

    /// The body as it is, unless it is a web page where none was asked for.
    pub(crate) fn bytes(self, web_page: bool) -> Result<Vec<u8>, Error> {
        if !web_page && self.is_declared_html() {
            return Err(self.unexpected(WEB_PAGE));
        }
        Ok(self.body)
    }

    /// The start of a text that came with this answer, with nothing in it that must not show.
    pub(crate) fn quoted(&self, text: &str) -> String {
        quote(&self.asked.mask(text.to_owned()))
    }

    fn misread<T: DeserializeOwned>(&self, error: serde_json::Error) -> Error {
        let text = String::from_utf8_lossy(&self.body);
        if error.is_data() {
            // Read once more, and slower, to say where in the answer it is.
            let mut reader = serde_json::Deserializer::from_slice(&self.body);
            let place = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
                Err(error) => error.path().to_string(),
                Ok(_) => String::new(),
            };
            let place = match place.as_str() {
                "" | "." => String::new(),
                place => format!("`{place}`: "),
            };
            return self.unexpected(&format!("an answer of another shape ({place}{error})"));
        }
        let what = if self.looks_like_html(&text) {
            WEB_PAGE
        } else if std::str::from_utf8(&self.body).is_err() {
            "text that is not UTF-8"
        } else if error.is_eof() {
            "JSON that ends in the middle"
        } else {
            "something that is not JSON"
        };
        self.unexpected(what).with_source(error)
    }

    fn unexpected(&self, what: &str) -> Error {
        // Masked before it is cut, or a part of a secret could be left at the end.
        let start = quote(&self.asked.mask(String::from_utf8_lossy(&self.body).into_owned()));
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.map(|kind| format!(", {kind}")).unwrap_or_default();
        let message = if start.is_empty() {
            format!("the server sent {what}{kind}")
        } else {
            format!("the server sent {what}{kind}: {start}")
        };
        let asked = &self.asked;
        Error::new(ErrorKind::Decode, asked.mask(message))
            .with_status(self.status)
            .with_request_id(request_id(&self.headers))
            .with_request(asked.method.as_str(), &asked.path)
            .with_attempts(asked.attempts)
            .map_words(|words| asked.mask(words))
    }

    fn looks_like_html(&self, text: &str) -> bool {
        self.is_declared_html() || text.trim_start().starts_with('<')
    }

    pub(crate) fn is_declared_html(&self) -> bool {
        self.headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.contains("html"))
    }
}

fn is_blank(body: &[u8]) -> bool {
    body.iter().all(u8::is_ascii_whitespace)
}

/// The error that an answer without success stands for.
///
/// Servers differ in where they put the words: `message`, or `error` as a text or an object. The
/// documented shape has words in `message` and a code in `error`; others have words in `error` and
/// a code in `code`.
pub(crate) fn refusal(reply: &Reply) -> Error {
    let text = String::from_utf8_lossy(&reply.body);
    let parsed: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let (message, code) = parsed.as_ref().map(words).unwrap_or_default();
    let message = message.unwrap_or_else(|| {
        let quoted = quote(&reply.asked.mask(text.into_owned()));
        let wordless = parsed.as_ref().is_some_and(is_wordless);
        if quoted.is_empty() || wordless {
            reason(reply.status).to_owned()
        } else if parsed.is_none() && reply.looks_like_html(&quoted) {
            format!("{}; the server sent {WEB_PAGE}: {quoted}", reason(reply.status))
        } else {
            quoted
        }
    });
    Error::new(ErrorKind::of_status(reply.status), message)
        .with_status(reply.status)
        .with_code(code)
        .with_request_id(request_id(&reply.headers))
}

/// Whether nothing is said: an object of nothing.
fn is_wordless(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(is_wordless),
        Value::Array(items) => items.iter().all(is_wordless),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// The message and the code that stand in the body of an error.
fn words(body: &Value) -> (Option<String>, Option<String>) {
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if let Value::String(message) = body {
        return (text(Some(body)).map(|_| message.clone()), None);
    }
    let error = body.get("error");
    let inside = error.filter(|error| error.is_object());
    let said =
        text(body.get("message")).or_else(|| text(inside.and_then(|error| error.get("message"))));
    let error = text(error);
    let code = text(body.get("code"))
        .or_else(|| text(inside.and_then(|error| error.get("code").or_else(|| error.get("type")))));
    match (said, error) {
        (Some(said), error) => {
            (Some(said.clone()), code.or_else(|| error.filter(|error| *error != said)))
        }
        (None, Some(error)) => (Some(error), code),
        (None, None) => (text(body.get("detail")), code),
    }
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_IDS
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
}

/// The start of a text on one line.
fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for (n, word) in text.split_whitespace().enumerate() {
        if n > 0 {
            quoted.push(' ');
        }
        quoted.extend(word.chars().filter(|c| !c.is_control()).take(QUOTED));
        if quoted.chars().count() > QUOTED {
            let end = quoted.char_indices().nth(QUOTED).map_or(quoted.len(), |(at, _)| at);
            quoted.truncate(end);
            quoted.push('…');
            break;
        }
    }
    quoted
}

/// What a status without words means.
fn reason(status: u16) -> &'static str {
    match status {
        400 | 422 => "the server found the request invalid",
        401 => "the API key is missing or not valid",
        403 => "the API key is not for this",
        404 => "there is no such thing",
        408 => "the request took too long",
        409 => "it is in the wrong state for this",
        413 => "the request is too large for the server",
        429 => "too many requests",
        503 => "the server has no room at the moment",
        500..=599 => "the server failed",
        _ => "the server refused without saying why",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            asked: Asked::default(),
        }
    }

    #[test]
    fn every_shape_of_an_error_is_read() {
        for (body, message, code) in [
            (
                r#"{"message": "no such spec", "error": "not_found"}"#,
                "no such spec",
                Some("not_found"),
            ),
            (r#"{"error": "not found"}"#, "not found", None),
            (
                r#"{"error": "no such spec", "code": "not_found"}"#,
                "no such spec",
                Some("not_found"),
            ),
            (r#"{"message": "same", "error": "same"}"#, "same", None),
            (r#"{"error": {"message": "deep", "code": "x"}}"#, "deep", Some("x")),
            (r#"{"error": {"message": "deep", "type": "t"}}"#, "deep", Some("t")),
            (r#"{"detail": "said elsewhere"}"#, "said elsewhere", None),
            (r#""just text""#, "just text", None),
            ("plain\n  text", "plain text", None),
            ("", "there is no such thing", None),
            (r#"{"error": null}"#, "there is no such thing", None),
            ("{}", "there is no such thing", None),
            (r#"{"status": 7}"#, r#"{"status": 7}"#, None),
        ] {
            let error = refusal(&reply(404, body));
            assert_eq!((error.message(), error.code()), (message, code), "{body}");
            assert_eq!((error.kind(), error.status_code()), (ErrorKind::NotFound, Some(404)));
        }
    }

    #[test]
    fn long_answers_are_quoted_from_their_start() {
        let error = refusal(&reply(500, &"wörd ".repeat(1000)));
        assert!(error.message().starts_with("wörd wörd"));
        assert_eq!(error.message().chars().count(), QUOTED + 1);
        assert_eq!(refusal(&reply(500, &"x".repeat(9999))).message().chars().count(), QUOTED);
    }

    #[test]
    fn what_is_not_json_says_what_it_is() {
        for (body, what) in [
            ("<html><title>Log in</title>", "a web page instead of"),
            ("{\"id\": \"x", "JSON that ends in the middle"),
            ("ok", "something that is not JSON"),
            ("", "an answer without a body"),
            ("[1]", "another shape"),
            (r#"{"a": [1]}"#, "another shape (`a`: invalid type: sequence"),
        ] {
            let error =
                reply(200, body).json::<std::collections::BTreeMap<String, String>>().unwrap_err();
            assert!(error.message().contains(what), "{body}: {error}");
            assert_eq!((error.kind(), error.status_code()), (ErrorKind::Decode, Some(200)));
        }
    }

    #[test]
    fn an_object_of_something_else_is_no_answer() {
        let health = reply(200, r#"{"status": "ok"}"#);
        let error = health.json_of::<crate::types::Sandbox>(&["id"]).unwrap_err();
        assert!(error.message().contains("an object without `id`"), "{error}");
        let error = health.page::<crate::types::TraceRow>().unwrap_err();
        assert!(error.message().contains("an object without `items`"), "{error}");
        for nothing in ["", "null", " {} ", r#"{"items": null}"#] {
            assert!(
                reply(200, nothing)
                    .page::<crate::types::TraceRow>()
                    .expect("a page")
                    .items
                    .is_empty()
            );
        }
    }

    #[test]
    fn null_and_nothing_are_the_empty_list() {
        assert_eq!(reply(200, "null").list::<u8>().expect("a list"), Vec::<u8>::new());
        assert_eq!(reply(200, " \n").list::<u8>().expect("a list"), Vec::<u8>::new());
        assert_eq!(reply(200, "[1]").list::<u8>().expect("a list"), [1]);
    }
}
