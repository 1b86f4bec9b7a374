//! What can go wrong when a practice server is written.

use std::{io, path::PathBuf};

/// Why a practice server could not be described or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot read practice templates `{name}`")]
    Yaml {
        name: String,
        #[source]
        source: yaml_serde::Error,
    },
    /// `place` names the object in the templates, such as "traffic `sign-in`".
    #[error("practice templates: {place}: {problem}")]
    Template { place: String, problem: String },
    #[error("there is no practice scenario `{name}`; known: {}", known.join(", "))]
    UnknownScenario { name: String, known: Vec<String> },
    #[error("a practice period of {days} days is outside 1 to {most}")]
    Days { days: u32, most: u32 },
    #[error("scenario `{scenario}` needs a practice period of at least {needed} days, not {days}")]
    PeriodTooShort { scenario: String, days: u32, needed: u32 },
    #[error("directory `{}` is not empty", path.display())]
    DirectoryNotEmpty { path: PathBuf },
    #[error("cannot use `{}` as practice directory", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot write practice file `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot put the truth about the practice server into words")]
    Truth(#[source] serde_json::Error),
}

impl Error {
    /// A fault in the templates, at the object called `place`.
    pub(crate) fn template(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Template { place: place.into(), problem: problem.into() }
    }
}
