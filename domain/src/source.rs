//! By which way something came to the office.

use crate::code_list;

code_list! {
    /// How a visit or an opinion came in. A record that says nothing was recorded on a phone at the door.
    #[derive(Default)]
    Source {
        #[default]
        PhoneVisit = "PHONE_VISIT", "Ghi trên điện thoại", "Recorded on a phone";
        Paper = "PAPER", "Phiếu giấy", "Paper sheet";
        Telephone = "TELEPHONE", "Gọi điện đến", "Telephone call";
        Box = "BOX", "Hòm thư góp ý", "Suggestion box";
        GroupChat = "GROUP_CHAT", "Nhóm chat (Zalo…)", "Group chat";
        Portal = "PORTAL", "Cổng thông tin", "Web portal";
        Meeting = "MEETING", "Cuộc họp", "Meeting";
    }
}

impl Source {
    /// By which an opinion without a visit is typed in at a desk.
    pub const WITHOUT_VISIT: [Self; 5] = [Self::Telephone, Self::Box, Self::GroupChat, Self::Portal, Self::Paper];

    /// What is not written down, because nearly everything is.
    pub const fn is_phone_visit(&self) -> bool {
        matches!(self, Self::PhoneVisit)
    }
}
