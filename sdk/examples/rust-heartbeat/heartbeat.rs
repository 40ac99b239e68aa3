// A plugin in Rust, by the layout of abi.h and the standard library alone: a job that says in the log that it is alive.
use std::ffi::CStr;
use std::os::raw::{c_char, c_void};

mod abi; // what abi.h says, in Rust
mod json;

use abi::*;
use json::Json;

// Readable without running anything. The entry refers to it, or the linker would leave it out.
#[link_section = ".motcua_manifest"]
static MANIFEST: [u8; include_bytes!("plugin.json").len()] = *include_bytes!("plugin.json");

struct Heartbeat {
    table: Plugin,
    host: *const Host,
}

fn complete(reply: *mut Reply, status: i32, body: &str) {
    unsafe { ((*reply).complete)(reply, status, Str::of(body), std::ptr::null(), 0, 0) }
}

fn refuse(reply: *mut Reply, status: i32, code: &str) {
    complete(reply, status, &format!("{{\"code\":\"{}\"}}", code));
}

impl Heartbeat {
    fn beat(&self, call: u64) {
        unsafe {
            let log = ((*self.host).service)(self.host, b"motcua.host.log/1\0".as_ptr() as *const c_char) as *const HostLog1;
            if !log.is_null() {
                ((*log).write)(self.host, call, LOG_INFO, Str::of("heartbeat.beat"), Str::of("{}"));
            }
        }
    }

    // job.run/1: {"job": text of at most 50 bytes, "scheduledAt": number, "lastAt": number or nothing}
    fn run(&self, call: u64, request: &Json, reply: *mut Reply) {
        let job = match request.get("job") {
            Some(Json::Text(text)) if !text.is_empty() && text.len() <= 50 => text,
            _ => return refuse(reply, INVALID, "plugin.malformed"),
        };
        let number = |name| matches!(request.get(name), Some(Json::Integer));
        if !number("scheduledAt") || !(number("lastAt") || matches!(request.get("lastAt"), None | Some(Json::Null))) {
            return refuse(reply, INVALID, "plugin.malformed");
        }
        if job != "beat" {
            return refuse(reply, NOT_FOUND, "job.unknown");
        }
        self.beat(call);
        complete(reply, OK, "{\"summary\":\"alive\"}");
    }
}

unsafe extern "C" fn invoke(plugin: *mut Plugin, call: *const Call, op: *const c_char, request: Str, reply: *mut Reply) {
    let this = &*((*plugin).this as *const Heartbeat);
    let op = CStr::from_ptr(op).to_bytes();
    if op != b"config.check/1" && op != b"job.run/1" {
        return refuse(reply, UNIMPLEMENTED, "plugin.unimplemented");
    }
    match json::parse(request.bytes()) {
        Some(object @ Json::Object(_)) if op == b"job.run/1" => this.run((*call).id, &object, reply),
        Some(Json::Object(_)) => complete(reply, OK, "{\"summary\":\"nothing to connect to\"}"),
        _ => refuse(reply, INVALID, "plugin.malformed"),
    }
}

unsafe extern "C" fn start(_: *mut Plugin) -> i32 {
    OK
}

unsafe extern "C" fn stop(_: *mut Plugin) {}

unsafe extern "C" fn destroy(plugin: *mut Plugin) {
    drop(Box::from_raw((*plugin).this as *mut Heartbeat));
}

unsafe extern "C" fn operations(_: *mut Plugin) -> *const c_char {
    b"config.check/1\0job.run/1\0\0".as_ptr() as *const c_char
}

unsafe extern "C" fn create(host: *const Host) -> *mut Plugin {
    let table = Plugin { this: std::ptr::null_mut(), start, stop, destroy, operations, invoke };
    let made = Box::into_raw(Box::new(Heartbeat { table, host }));
    (*made).table.this = made as *mut c_void;
    &mut (*made).table
}

// The one symbol that leaves the library.
#[no_mangle]
pub extern "C" fn motcua_plugin_entry_1() -> *const Entry {
    static ENTRY: Entry = Entry {
        size: std::mem::size_of::<Entry>() as u32,
        abi_major: 1,
        abi_minor: 0,
        reserved: 0,
        manifest_json: Str { ptr: MANIFEST.as_ptr(), len: include_bytes!("plugin.json").len() },
        create,
    };
    &ENTRY
}
