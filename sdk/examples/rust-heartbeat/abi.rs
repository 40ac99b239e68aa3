// What include/motcua/abi.h says, in Rust, as far as this example needs it.
use std::os::raw::{c_char, c_void};

pub const OK: i32 = 0;
pub const INVALID: i32 = 1;
pub const NOT_FOUND: i32 = 3;
pub const UNIMPLEMENTED: i32 = 8;
pub const LOG_INFO: i32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: usize,
}
unsafe impl Sync for Str {}

impl Str {
    pub fn of(text: &str) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() }
    }
    // Borrowed for the call that hands it over; an empty one may have no pointer.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.ptr, self.len)
    }
}

// A record: only what comes first is read, and the host fills at least that much.
#[repr(C)]
pub struct Call {
    pub size: u32,
    pub attempt: i32,
    pub deadline_ms: i64,
    pub id: u64,
}

#[repr(C)]
pub struct Reply {
    pub host: *mut c_void,
    pub complete: unsafe extern "C" fn(*mut Reply, i32, Str, *const c_void, usize, i64),
    pub cancelled: unsafe extern "C" fn(*const Reply) -> i32,
}

#[repr(C)]
pub struct Host {
    pub abi_major: u32,
    pub abi_minor: u32,
    pub implementation: *mut c_void,
    pub service: unsafe extern "C" fn(*const Host, *const c_char) -> *const c_void,
}

#[repr(C)]
pub struct HostLog1 {
    pub write: unsafe extern "C" fn(*const Host, u64, i32, Str, Str),
}

#[repr(C)]
pub struct Plugin {
    pub this: *mut c_void,
    pub start: unsafe extern "C" fn(*mut Plugin) -> i32,
    pub stop: unsafe extern "C" fn(*mut Plugin),
    pub destroy: unsafe extern "C" fn(*mut Plugin),
    pub operations: unsafe extern "C" fn(*mut Plugin) -> *const c_char,
    pub invoke: unsafe extern "C" fn(*mut Plugin, *const Call, *const c_char, Str, *mut Reply),
}

#[repr(C)]
pub struct Entry {
    pub size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub manifest_json: Str,
    pub create: unsafe extern "C" fn(*const Host) -> *mut Plugin,
}
