//! Real data, which lies beside the repository and is not part of it.

use std::path::{Path, PathBuf};

/// The folder of shared data. Where there is none, says so, and fails if it was asked for with
/// `KEYSTONE_REQUIRE_SHARED=1`.
#[cfg_attr(not(feature = "eval"), expect(dead_code, reason = "only evaluations read data"))]
pub(crate) fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var_os("KEYSTONE_REQUIRE_SHARED").is_some_and(|value| value == "1");
    assert!(!required, "there is no shared data at {}", folder.display());
    eprintln!("skipped: there is no shared data at {}", folder.display());
    None
}
