//! A file that goes along with the text: what it is, told from its first octets before its name.
use crate::mms::{MIB_UTF_8, Part};
use bytes::Bytes;
use std::fmt;

/// A file on its way into a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name, without folders.
    pub name: String,
    /// Media type, such as `image/jpeg`.
    pub content_type: String,
    /// Its octets.
    pub data: Bytes,
}

/// A debug print shows what it is, never what it is called or what is in it.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Attachment({}, {} octets)",
            self.content_type,
            self.data.len()
        )
    }
}

impl Attachment {
    /// A file by its name (folders in front are taken off) and its octets.
    #[must_use]
    pub fn new(name: &str, data: impl Into<Bytes>) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let data = data.into();
        let content_type = by_content(&data)
            .or_else(|| by_name(name))
            .unwrap_or("application/octet-stream");
        Self {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            data,
        }
    }

    /// The part that it becomes. A text that is UTF-8 says so.
    #[must_use]
    pub fn part(&self) -> Part {
        let text = self.content_type.starts_with("text/") || self.is_smil();
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        Part {
            charset: (text && std::str::from_utf8(&self.data).is_ok()).then_some(MIB_UTF_8),
            content_id: self.is_smil().then(|| "smil".to_owned()),
            ..Part::new(self.content_type.as_str(), name, self.data.clone())
        }
    }

    /// Whether a picture of a kind with a known beginning has it; true for everything else.
    #[must_use]
    pub fn is_what_it_says(&self) -> bool {
        let told = ["image/jpeg", "image/png", "image/gif", "image/webp"];
        !told.contains(&self.content_type.as_str())
            || by_content(&self.data) == Some(self.content_type.as_str())
    }

    /// Whether it arranges the other parts.
    #[must_use]
    pub fn is_smil(&self) -> bool {
        self.content_type == "application/smil"
    }
}

/// What the first octets say, whatever the file is called.
fn by_content(data: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: &[(&[u8], &str)] = &[
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"\x89PNG\r\n\x1A\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"#!AMR-WB\n", "audio/amr-wb"),
        (b"#!AMR\n", "audio/amr"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"MThd", "audio/midi"),
        (b"%PDF-", "application/pdf"),
        (b"BEGIN:VCARD", "text/x-vCard"),
        (b"BEGIN:VCALENDAR", "text/x-vCalendar"),
    ];
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(magic, _)| data.starts_with(magic)) {
        return Some(kind);
    }
    match (data.get(..4)?, data.get(4..8)?, data.get(8..12)?) {
        (b"RIFF", _, b"WEBP") => Some("image/webp"),
        (b"RIFF", _, b"WAVE") => Some("audio/x-wav"),
        (_, b"ftyp", brand) => Some(match brand {
            [b'3', b'g', ..] => "video/3gpp",
            b"M4A " => "audio/mp4",
            b"heic" | b"heix" | b"mif1" => "image/heic",
            b"qt  " => "video/quicktime",
            _ => "video/mp4",
        }),
        ([0xFF, second, ..], _, _) if second & 0xE6 == 0xE2 => Some("audio/mpeg"),
        _ => None,
    }
}

fn by_name(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "txt" | "text" | "log" | "md" => "text/plain",
        "htm" | "html" => "text/html",
        "csv" => "text/csv",
        "vcf" => "text/x-vCard",
        "vcs" | "ics" => "text/x-vCalendar",
        "smil" | "smi" => "application/smil",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "wbmp" => "image/vnd.wap.wbmp",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "svg" => "image/svg+xml",
        "amr" => "audio/amr",
        "awb" => "audio/amr-wb",
        "aac" => "audio/aac",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mid" | "midi" => "audio/midi",
        "wav" => "audio/x-wav",
        "3gp" | "3gpp" => "video/3gpp",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => return None,
    })
}
