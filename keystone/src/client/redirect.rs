//! Where a redirect may lead: never to another host with a key.

use ureq::http::{HeaderValue, Method, Uri};

use super::config::BaseUrl;
use crate::{Error, ErrorKind};

/// Where to go next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// To the same server.
    Home(String),
    /// To another one: without the key.
    Away(String),
}

pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Says where the answer to a request leads.
///
/// A GET is followed anywhere, as downloads are often kept elsewhere, and without the key where
/// that is not the server. What changes something is followed only at home, and only where the
/// server says that it stays what it is (307, 308).
pub(crate) fn next(
    base: &BaseUrl,
    url: &str,
    method: &Method,
    status: u16,
    location: Option<&HeaderValue>,
) -> Result<Hop, Error> {
    let refuse = |why: String| Error::new(ErrorKind::Redirect, why).with_status(status);
    let location = location
        .and_then(|location| location.to_str().ok())
        .filter(|location| !location.is_empty())
        .ok_or_else(|| refuse("the server redirects without saying where to".to_owned()))?;
    let from: Uri = url.parse().map_err(|_| refuse(format!("cannot follow to {location}")))?;
    let target = join(&from, location)
        .ok_or_else(|| refuse(format!("the server redirects to `{location}`, which is no URL")))?;
    let to: Uri = target
        .parse()
        .map_err(|_| refuse(format!("the server redirects to `{location}`, which is no URL")))?;
    if from.scheme_str() == Some("https") && to.scheme_str() != Some("https") {
        return Err(refuse(format!("the server redirects from https to {target}; not followed")));
    }
    let at_home = is_home(base, &to);
    if *method == Method::GET {
        return Ok(if at_home { Hop::Home(target) } else { Hop::Away(target) });
    }
    if !at_home {
        return Err(refuse(format!(
            "the server redirects to {target}; not followed, since the key would go to another host. Set the base URL to where the API is"
        )));
    }
    if !matches!(status, 307 | 308) {
        return Err(refuse(format!(
            "the server redirects a {method} to {target}, which would make it a GET. Set the base URL to where the API is"
        )));
    }
    Ok(Hop::Home(target))
}

/// Whether this is the server of the base URL, or the same host over TLS.
fn is_home(base: &BaseUrl, to: &Uri) -> bool {
    let home: Uri = match base.as_str().parse() {
        Ok(home) => home,
        Err(_) => return false,
    };
    let same_host = match (home.host(), to.host()) {
        (Some(home), Some(to)) => home.eq_ignore_ascii_case(to),
        _ => false,
    };
    let port = |uri: &Uri| {
        uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 })
    };
    let same_port = port(&home) == port(to) && home.scheme_str() == to.scheme_str();
    let upgraded = port(&home) == 80 && port(to) == 443 && to.scheme_str() == Some("https");
    same_host && (same_port || upgraded)
}

/// A location as a URL of its own.
fn join(from: &Uri, location: &str) -> Option<String> {
    let scheme = from.scheme_str()?;
    let authority = from.authority()?;
    let location = location.split('#').next().unwrap_or_default();
    if location.starts_with("http://") || location.starts_with("https://") {
        return Some(location.to_owned());
    }
    if let Some(rest) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if location.starts_with('/') {
        return Some(format!("{scheme}://{authority}{location}"));
    }
    if location.starts_with('?') {
        return Some(format!("{scheme}://{authority}{}{location}", from.path()));
    }
    // A colon before anything else ends the name of another scheme.
    let word = location.split(['/', '?']).next().unwrap_or_default();
    if word.contains(':') {
        return None;
    }
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{scheme}://{authority}{folder}/{location}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(
        base: &str,
        method: Method,
        status: u16,
        location: &'static str,
    ) -> Result<Hop, ErrorKind> {
        let base = BaseUrl::parse(base).expect("a base URL");
        let url = format!("{}/v1/specs", base.as_str());
        let location = HeaderValue::from_static(location);
        next(&base, &url, &method, status, Some(&location)).map_err(|error| error.kind())
    }

    #[test]
    fn a_get_goes_anywhere_but_with_the_key_only_home() {
        let get = |location| go("http://a.example", Method::GET, 302, location);
        assert_eq!(get("/v2/specs"), Ok(Hop::Home("http://a.example/v2/specs".into())));
        assert_eq!(get("others"), Ok(Hop::Home("http://a.example/v1/others".into())));
        assert_eq!(get("https://A.example/x"), Ok(Hop::Home("https://A.example/x".into())));
        assert_eq!(get("http://b.example/x"), Ok(Hop::Away("http://b.example/x".into())));
        assert_eq!(get("//b.example/x"), Ok(Hop::Away("http://b.example/x".into())));
        assert_eq!(get("http://a.example:81/x"), Ok(Hop::Away("http://a.example:81/x".into())));
        assert_eq!(get("?page=2"), Ok(Hop::Home("http://a.example/v1/specs?page=2".into())));
        assert_eq!(get("x?a=b:c"), Ok(Hop::Home("http://a.example/v1/x?a=b:c".into())));
        assert_eq!(get("ftp://a.example/x"), Err(ErrorKind::Redirect));
    }

    #[test]
    fn what_changes_something_stays_home_and_stays_what_it_is() {
        let post = |status, location| go("https://a.example", Method::POST, status, location);
        assert_eq!(post(307, "/v2"), Ok(Hop::Home("https://a.example/v2".into())));
        assert_eq!(post(302, "/v2"), Err(ErrorKind::Redirect));
        assert_eq!(post(308, "https://b.example/v2"), Err(ErrorKind::Redirect));
        assert_eq!(post(308, "http://a.example/v2"), Err(ErrorKind::Redirect));
        assert_eq!(
            go("https://a.example", Method::GET, 302, "http://a.example/v2"),
            Err(ErrorKind::Redirect)
        );
    }
}
