//! Paths and queries: everything in them is escaped, so that no id can become another request.

use std::fmt::{Display, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a path segment and in a query value: the unreserved characters of
/// RFC 3986, section 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path below the base URL, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    text: String,
    has_query: bool,
    /// What is wrong with it, if something is.
    fault: Option<&'static str>,
}

impl Address {
    /// Starts with a path that needs no escaping.
    pub(crate) fn new(path: &str) -> Self {
        Self { text: path.to_owned(), has_query: false, fault: None }
    }

    /// Adds fixed words, with slashes between them.
    pub(crate) fn then(mut self, words: &str) -> Self {
        self.text.push('/');
        self.text.push_str(words);
        self
    }

    /// Adds one segment, escaped whole: a slash in it is not a separator.
    pub(crate) fn segment(mut self, segment: &str) -> Self {
        self.text.push('/');
        match segment {
            "" => self.fault = Some("an id or a name is empty"),
            // Whoever reads the path takes these for steps, escaped or not.
            "." | ".." => self.fault = Some("an id or a name is `.` or `..`"),
            _ => push_escaped(&mut self.text, segment),
        }
        self
    }

    /// Adds a path of several segments, each escaped, whose slashes stay; `./a` is `a`.
    pub(crate) fn file(mut self, path: &str) -> Self {
        let before = self.text.len();
        // A step to where one is already says nothing, and would not arrive.
        for segment in path.split('/').filter(|segment| *segment != ".") {
            if segment == ".." {
                self.fault = Some("the path of the file has a step `..`");
            }
            self.text.push('/');
            push_escaped(&mut self.text, segment);
        }
        if self.text.len() <= before + 1 {
            self.fault = Some("the path of the file is empty");
        }
        self
    }

    /// Adds a parameter.
    pub(crate) fn query(mut self, name: &str, value: impl Display) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        push_escaped(&mut self.text, name);
        self.text.push('=');
        push_escaped(&mut self.text, &value.to_string());
        self
    }

    /// Adds a parameter where there is a value.
    pub(crate) fn query_if(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// The escaped text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The text without the query, which may hold what does not belong into a message.
    pub(crate) fn path(&self) -> &str {
        self.text.split_once('?').map_or(&*self.text, |(path, _)| path)
    }

    /// What is wrong with it, if something is.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        self.fault
    }
}

fn push_escaped(text: &mut String, part: &str) {
    // Writing into a text cannot fail.
    let _ = write!(text, "{}", utf8_percent_encode(part, ESCAPED));
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn segments_are_escaped_whole_and_files_by_segment() {
        let address =
            Address::new("/v1/sandboxes").segment("sb/1?x#y%20").then("files").file("a b/ü&c.txt");
        assert_eq!(
            address.as_str(),
            "/v1/sandboxes/sb%2F1%3Fx%23y%2520/files/a%20b/%C3%BC%26c.txt"
        );
        assert_eq!(address.fault(), None);
    }

    #[test]
    fn an_absolute_file_arrives_with_two_slashes() {
        assert_eq!(Address::new("/files").file("/etc/hosts").as_str(), "/files//etc/hosts");
    }

    #[test]
    fn steps_and_empty_ids_are_faults() {
        assert!(Address::new("/v1/specs").segment("").fault().is_some());
        assert!(Address::new("/v1/specs").segment("..").fault().is_some());
        assert!(Address::new("/files").file("a/../../b").fault().is_some());
        assert!(Address::new("/files").file("a/..b").fault().is_none());
        assert!(Address::new("/files").file("").fault().is_some());
        assert!(Address::new("/files").file("./").fault().is_some());
        assert_eq!(Address::new("/files").file("./a/./b").as_str(), "/files/a/b");
    }

    #[test]
    fn parameters_follow_each_other() {
        let address = Address::new("/v1/traces")
            .query("limit", 100)
            .query_if("cursor", Some("a=b&c"))
            .query_if("tool", None::<&str>);
        assert_eq!(address.as_str(), "/v1/traces?limit=100&cursor=a%3Db%26c");
        assert_eq!(address.path(), "/v1/traces");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_a_segment(text in "\\PC+") {
            let address = Address::new("").segment(&text);
            let escaped = address.as_str().strip_prefix('/').expect("a slash");
            prop_assert!(escaped.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#&=".contains(&byte)));
            if address.fault().is_none() {
                prop_assert_eq!(percent_decode_str(escaped).decode_utf8().expect("UTF-8"), text);
            }
        }
    }
}
