// The one place where an Error becomes an HTTP answer.
#pragma once

#include "http/request.h"

namespace motcua::http {

// Invalid 400 (422 for a form), Unauthenticated 401, Denied 403, NotFound 404, Conflict 409, Rejected 422,
// TooLarge 413, TooMany 429, Unavailable 503, Timeout 504, Internal 500.
int statusOf(ErrorKind kind, bool isForm);

// The user's sentence: the word "error.<code>", else the one of its kind, "error.not_found".
std::string sentenceOf(const Request& request, const Error& error);
// The sentence of one field's error.
std::string sentenceOf(const Request& request, const FieldError& error);

// A page (template "error"), a JSON problem (RFC 9457), or for a page that needs a signed-in person a
// redirect to `signIn` that comes back. Only the code and the sentence leave the house: `detail` goes to the
// log.
Response errorResponse(Request& request, const Error& error, std::string_view signIn);

} // namespace motcua::http
