// One page of the theme: template and model, with what its frame shows filled in.
#pragma once

#include "http/request.h"
#include "http/response.h"
#include "view/model.h"

#include <string>
#include <string_view>
#include <utility>

namespace motcua::http {

// Page page{request, "portal/procedure"};
// page.title(procedure.name).set("code", procedure.code);
// return page.response();
//
// {{csrf}} and {{once}} are filled where the template names csrf and wherever somebody is signed in.
class Page {
public:
    Page(Request& request, std::string name);

    Page& title(std::string title);
    Page& status(int status);
    // Another frame than "layout"; "" for none (fragments).
    Page& layout(std::string name);
    // Fills {{csrf}} and {{once}}, for forms of a purpose of its own (Route::csrfPurpose) or behind a
    // fragment. The frame's own form (sign-out) reads the same {{csrf}}: another purpose is for pages of
    // people not signed in.
    Page& form(std::string_view purpose = "form");
    // Another origin that a form of this page may lead to by redirect (payment).
    Page& allowFormTo(std::string origin);
    // A form came back: {{#error_summary}}{{#items}}{{text}} {{href}}, href being "#<field>", and status 422.
    Page& errors(const Error& error);
    Page& set(view::Key key, view::Value value);
    view::Model& model() { return model_; }

    std::string say(std::string_view key, const view::Params& params = {}) const {
        return request_.say(key, params);
    }

    const std::string& locale() const { return request_.locale(); }

    Response response();

private:
    view::Model frame();

    Request& request_;
    std::string name_;
    std::string layout_ = "layout";
    int status_ = 200;
    view::Model model_;
    view::Model forms_; // csrf and once
    std::vector<std::string> formOrigins_;
};

} // namespace motcua::http
