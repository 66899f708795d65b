//! Names in the scripts of the world.

/// A script, or a kind of text that layouts treat like one.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The name of its case, in lower case.
    pub name: &'static str,
    /// A name of a usual length.
    pub sample: &'static str,
}

/// The scripts that every text param is tried with.
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
