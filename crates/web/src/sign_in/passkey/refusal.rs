//! Why a passkey does not count, in words that say what to do.

/// Why a passkey does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyRefusal {
    /// It cannot be read.
    Unreadable,
    /// Nothing waits for it: used, too old, or begun for something else.
    NotBegun,
    /// Another page asked for it.
    OtherPage,
    /// It was signed for another server.
    OtherServer,
    /// The device did not verify who the person is.
    NotVerified,
    /// It is of a kind that is not taken.
    Kind,
    /// It is not kept here.
    Unknown,
    /// It is not who is signed in.
    SomebodyElse,
    /// It did not sign.
    NotSigned,
    /// The device counted no further: there may be two of it.
    Counter,
    /// Whoever signs in at the provider of the institution does not go round it.
    AtProvider,
}

impl PasskeyRefusal {
    /// In words: English, and Traditional Chinese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreadable => (
                "what the device handed over cannot be read; try again, or use another way",
                "未能讀取裝置所交付的內容；請重試，或改用其他方式",
            ),
            Self::NotBegun => (
                "this was used already or is more than five minutes old; begin again",
                "此項已經使用或已超過五分鐘；請重新開始",
            ),
            Self::OtherPage => (
                "the passkey was asked for by a page of another address; open this server at its own address",
                "通行密鑰由另一網址的頁面要求；請以本伺服器的正式網址開啟",
            ),
            Self::OtherServer => (
                "the passkey is for another server; use one that was added here",
                "此通行密鑰屬於另一伺服器；請使用在此新增的通行密鑰",
            ),
            Self::NotVerified => (
                "the device did not verify who you are; set a PIN, a fingerprint or a face on it, then try again",
                "裝置沒有核實你的身分；請在裝置設定PIN、指紋或面容辨識，然後重試",
            ),
            Self::Kind => (
                "this kind of passkey is not taken (ES256 and EdDSA are); use another device",
                "不接受此類通行密鑰（只接受ES256及EdDSA）；請使用其他裝置",
            ),
            Self::Unknown => (
                "this passkey is not known here; sign in another way, and add it under your account",
                "本系統並無此通行密鑰；請以其他方式登入，並在你的帳戶中新增",
            ),
            Self::SomebodyElse => (
                "this is the passkey of another account; use one of yours",
                "此通行密鑰屬於另一帳戶；請使用你自己的通行密鑰",
            ),
            Self::NotSigned => (
                "the passkey did not sign what was asked; try again, or use another way",
                "通行密鑰的簽署未能通過核實；請重試，或改用其他方式",
            ),
            Self::Counter => (
                "the device has counted no further since it was last used, so there may be a copy of it; sign in another way, remove this passkey, and tell an administrator",
                "自上次使用後裝置的計數沒有增加，可能存在複本；請以其他方式登入、移除此通行密鑰，並通知系統管理員",
            ),
            Self::AtProvider => (
                "your institution signs you in; a passkey only confirms who you are afterwards",
                "你須以機構帳戶登入；通行密鑰只供登入後再次核實身分",
            ),
        }
    }
}
