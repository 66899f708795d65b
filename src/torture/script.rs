//! Names in the scripts that names are written in.

/// A script, or what a reader takes for one.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// In lower case, as cases are named.
    pub name: &'static str,
    /// A name of a usual length.
    pub sample: &'static str,
}

/// What every text param is tried with.
pub const SCRIPTS: &[Script] = &[
    Script { name: "vietnamese", sample: "Nguyễn Thị Minh Khai" },
    Script { name: "polish", sample: "Wojciech Szczęsny-Żółkiewski" },
    Script { name: "greek", sample: "Αλεξάνδρα Παπαδοπούλου" },
    Script { name: "cyrillic", sample: "Александра Константиновна" },
    Script { name: "arabic", sample: "محمد عبد الرحمن الأنصاري" },
    Script { name: "hebrew", sample: "אברהם בן־דוד הלוי" },
    Script { name: "devanagari", sample: "श्रीनिवास रामानुजन" },
    Script { name: "thai", sample: "สมชาย วงศ์สวัสดิ์" },
    Script { name: "chinese", sample: "欧阳娜娜 歐陽詢" },
    Script { name: "japanese", sample: "さくら・アレクサンドラ 山田" },
    Script { name: "korean", sample: "김민준 남궁옥분" },
    Script { name: "emoji", sample: "Zoë 🎉👩🏽‍💻🇵🇹" },
];
