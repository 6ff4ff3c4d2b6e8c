//! Which files hold environment variables.

use std::ffi::OsStr;

/// Last extensions of files that show which variables there are, without their values.
const TEMPLATES: [&str; 5] = ["example", "sample", "template", "dist", "defaults"];

/// Whether a file of this name is one of environment variables: `.env`, `.env.` with whatever
/// follows, and direnv's `.envrc`. Templates such as `.env.example` are meant to be shared.
pub(super) fn is_dotenv(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    if name == ".env" || name == ".envrc" {
        return true;
    }
    name.strip_prefix(".env.").is_some_and(|rest| {
        let last = rest.rsplit('.').next().unwrap_or(rest);
        !TEMPLATES.contains(&last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_no_secrets_and_the_rest_is() {
        for name in [".env", ".ENV", ".env.local", ".env.production", ".envrc", ".env.example.bak"]
        {
            assert!(is_dotenv(OsStr::new(name)), "{name}");
        }
        for name in [".env.example", ".env.sample", ".env.template", ".env.local.example"] {
            assert!(!is_dotenv(OsStr::new(name)), "{name}");
        }
        for name in ["env", ".environment", "prod.env", ".envoy", "env.py"] {
            assert!(!is_dotenv(OsStr::new(name)), "{name}");
        }
    }
}
