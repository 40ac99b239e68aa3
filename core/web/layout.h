// What every page's frame shows: the site, its menu, who is signed in.
#pragma once

#include "http/request.h"

#include <functional>
#include <string>

namespace motcua::web {

// The site's own facts, from config/city/site.yaml.
struct SiteFacts {
    std::string name, nameEn;
    std::string owner, ownerEn;
    std::string domain;
    std::string hotline;
    std::string email;
    std::string address, addressEn;
};

// "tel:02838297052".
std::string telephoneLink(const std::string& number);

// `administersCity` says who may look after what is one for the whole city: others' menus do not name it.
http::LayoutFiller layoutFiller(SiteFacts facts, const http::Router& router,
                                std::function<bool(const Actor&)> administersCity);

} // namespace motcua::web
