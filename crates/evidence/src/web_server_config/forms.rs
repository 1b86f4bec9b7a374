//! The elements of a web server's configuration that are told of, and which of their attributes become which fields.

/// One kind of element.
pub(super) struct Form {
    /// The value of the field `Element`.
    pub(super) element: &'static str,
    /// The element's place below `configuration`; for a collection, that of the collection.
    path: &'static str,
    holds: Holds,
    /// Attributes and their fields.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

/// What stands at the place of a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// The element itself.
    Element,
    /// `add`, `remove` and `clear` elements.
    Entries,
}

use Holds::{Element, Entries};

const FORMS: &[Form] = &[
    Form {
        element: "site",
        path: "system.applicationHost/sites/site",
        holds: Element,
        fields: &[("name", "Name"), ("id", "Id"), ("serverAutoStart", "Enabled")],
    },
    Form {
        element: "binding",
        path: "system.applicationHost/sites/site/bindings/binding",
        holds: Element,
        fields: &[("protocol", "Type"), ("bindingInformation", "Name")],
    },
    Form {
        element: "application",
        path: "system.applicationHost/sites/site/application",
        holds: Element,
        fields: &[("path", "VirtualPath"), ("applicationPool", "Pool")],
    },
    Form {
        element: "virtual-directory",
        path: "system.applicationHost/sites/site/application/virtualDirectory",
        holds: Element,
        fields: &[("physicalPath", "Path"), ("userName", "User")],
    },
    Form {
        element: "log-folder",
        path: "system.applicationHost/sites/site/logFile",
        holds: Element,
        fields: &[("directory", "Path"), ("enabled", "Enabled"), ("logFormat", "Type")],
    },
    Form {
        element: "log-folder",
        path: "system.applicationHost/sites/siteDefaults/logFile",
        holds: Element,
        fields: &[("directory", "Path"), ("enabled", "Enabled"), ("logFormat", "Type")],
    },
    Form {
        element: "application-pool",
        path: "system.applicationHost/applicationPools",
        holds: Entries,
        fields: &[("name", "Name"), ("managedRuntimeVersion", "Type"), ("autoStart", "Enabled")],
    },
    Form {
        element: "application-pool-identity",
        path: "system.applicationHost/applicationPools/add/processModel",
        holds: Element,
        fields: &[("identityType", "Type"), ("userName", "User")],
    },
    Form {
        element: "global-module",
        path: "system.webServer/globalModules",
        holds: Entries,
        fields: &[("name", "Name"), ("image", "Path"), ("preCondition", "PreCondition")],
    },
    Form {
        element: "module",
        path: "system.webServer/modules",
        holds: Entries,
        fields: &[("name", "Name"), ("type", "Type"), ("preCondition", "PreCondition")],
    },
    Form {
        element: "module",
        path: "system.web/httpModules",
        holds: Entries,
        fields: &[("name", "Name"), ("type", "Type")],
    },
    Form {
        element: "handler",
        path: "system.webServer/handlers",
        holds: Entries,
        fields: &[
            ("name", "Name"),
            ("type", "Type"),
            ("path", "Path"),
            ("verb", "Verb"),
            ("modules", "Modules"),
            ("scriptProcessor", "ScriptProcessor"),
            ("preCondition", "PreCondition"),
        ],
    },
    Form {
        element: "handler",
        path: "system.web/httpHandlers",
        holds: Entries,
        fields: &[("type", "Type"), ("path", "Path"), ("verb", "Verb")],
    },
    Form {
        element: "isapi-filter",
        path: "system.webServer/isapiFilters/filter",
        holds: Element,
        fields: &[("name", "Name"), ("path", "Path"), ("enabled", "Enabled"), ("preCondition", "PreCondition")],
    },
    Form {
        element: "isapi-restriction",
        path: "system.webServer/security/isapiCgiRestriction",
        holds: Entries,
        fields: &[("path", "Path"), ("allowed", "Allowed"), ("description", "Name")],
    },
    Form {
        element: "fastcgi",
        path: "system.webServer/fastCgi/application",
        holds: Element,
        fields: &[("fullPath", "Path"), ("arguments", "Arguments")],
    },
    Form {
        element: "custom-error",
        path: "system.webServer/httpErrors/error",
        holds: Element,
        fields: &[("statusCode", "Name"), ("path", "Path"), ("responseMode", "Action")],
    },
    Form {
        element: "custom-error",
        path: "system.web/customErrors/error",
        holds: Element,
        fields: &[("statusCode", "Name"), ("redirect", "Path")],
    },
    Form {
        element: "redirect",
        path: "system.webServer/httpRedirect",
        holds: Element,
        fields: &[("destination", "Target"), ("enabled", "Enabled")],
    },
    Form { element: "rewrite-rule", path: "system.webServer/rewrite/rules/rule", holds: Element, fields: RULE },
    Form { element: "rewrite-rule", path: "system.webServer/rewrite/globalRules/rule", holds: Element, fields: RULE },
    Form { element: "rewrite-rule", path: "system.webServer/rewrite/outboundRules/rule", holds: Element, fields: RULE },
    Form {
        element: "rewrite-provider",
        path: "system.webServer/rewrite/providers/provider",
        holds: Element,
        fields: &[("name", "Name"), ("type", "Type")],
    },
    Form {
        element: "request-filter",
        path: "system.webServer/security/requestFiltering/hiddenSegments",
        holds: Entries,
        fields: &[("segment", "Name")],
    },
    Form {
        element: "request-filter",
        path: "system.webServer/security/requestFiltering/fileExtensions",
        holds: Entries,
        fields: &[("fileExtension", "Name"), ("allowed", "Allowed")],
    },
    Form {
        element: "default-document",
        path: "system.webServer/defaultDocument/files",
        holds: Entries,
        fields: &[("value", "Name")],
    },
    Form {
        element: "logging",
        path: "system.webServer/httpLogging",
        holds: Element,
        fields: &[("dontLog", "DontLog"), ("selectiveLogging", "Type")],
    },
    Form {
        element: "machine-key",
        path: "system.web/machineKey",
        holds: Element,
        fields: &[("validation", "Type"), ("decryption", "Decryption")],
    },
    Form {
        element: "impersonation",
        path: "system.web/identity",
        holds: Element,
        fields: &[("impersonate", "Enabled"), ("userName", "User")],
    },
    // `redirection.config`: where the server takes its configuration from.
    Form {
        element: "redirected-configuration",
        path: "configurationRedirection",
        holds: Element,
        fields: &[("path", "Path"), ("enabled", "Enabled"), ("userName", "User")],
    },
    Form {
        element: "build-provider",
        path: "system.web/compilation/buildProviders",
        holds: Entries,
        fields: &[("extension", "Name"), ("type", "Type")],
    },
];

const RULE: &[(&str, &str)] = &[("name", "Name"), ("enabled", "Enabled"), ("stopProcessing", "StopProcessing")];

/// Where in a configuration a section of this name stands, for files that hold nothing but a section (`configSource`).
pub(super) fn section(name: &str) -> Option<&'static str> {
    FORMS.iter().find_map(|form| {
        let mut end = 0;
        form.path.split('/').find_map(|part| {
            end += part.len() + 1;
            (part == name).then(|| form.path.get(..end - 1)).flatten()
        })
    })
}

/// The form of the element at `path`; of an entry in a collection, what it does to it.
pub(super) fn find(path: &str) -> Option<(&'static Form, Option<&'static str>)> {
    FORMS.iter().find_map(|form| {
        let rest = path.strip_prefix(form.path)?;
        match (form.holds, rest) {
            (Element, "") => Some((form, None)),
            (Entries, "/add") => Some((form, Some("add"))),
            (Entries, "/remove") => Some((form, Some("remove"))),
            (Entries, "/clear") => Some((form, Some("clear"))),
            _ => None,
        }
    })
}
