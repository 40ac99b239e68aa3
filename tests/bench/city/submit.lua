-- Sends drafts, each once: wrk … -- FILE FROM COUNT takes that many lines of FILE. A line is session, token of the form,
-- draft and key of the submission, as bench_city_load writes them.
local drafts, sent = {}, 0

function init(args)
    local from, count, number = tonumber(args[2]), tonumber(args[3]), 0
    for line in io.lines(args[1]) do
        number = number + 1
        if number > from + count then break end
        if number > from then drafts[#drafts + 1] = line end
    end
    -- Neighbours in the file belong to one person; people do not send all of theirs at once.
    for at = #drafts, 2, -1 do
        local other = math.random(at)
        drafts[at], drafts[other] = drafts[other], drafts[at]
    end
end

function request()
    sent = sent + 1
    if sent >= #drafts then wrk.thread:stop() end
    local session, csrf, draft, key = drafts[math.min(sent, #drafts)]:match("(%S+) (%S+) (%S+) (%S+)")
    return wrk.format("POST", "/ho-so/" .. draft .. "/kiem-tra", {
        ["Host"] = wrk.host .. ":" .. wrk.port,
        ["Cookie"] = "motcua=" .. session,
        ["Content-Type"] = "application/x-www-form-urlencoded",
    }, "declaration=yes&csrf=" .. csrf .. "&submit_key=" .. key)
end
