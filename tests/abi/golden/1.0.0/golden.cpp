// A plugin of release 1.0.0 with every class of every capability, through the C++ layer of that release.
// Never changed: it stands for those that were built in that year and that nobody builds again.
#include "motcua/sdk/assistant.h"
#include "motcua/sdk/http.h"
#include "motcua/sdk/identity.h"
#include "motcua/sdk/job.h"
#include "motcua/sdk/message.h"
#include "motcua/sdk/national_portal.h"
#include "motcua/sdk/payment.h"
#include "motcua/sdk/postal.h"
#include "motcua/sdk/queue.h"
#include "motcua/sdk/scanner.h"
#include "motcua/sdk/sector.h"
#include "motcua/sdk/signature.h"
#include "motcua/sdk/webhook.h"

using namespace motcua::sdk;

class GoldenCpp final : public Assistant,
                        public HttpHandler,
                        public IdentityProvider,
                        public JobRunner,
                        public MessageChannel,
                        public NationalPortal,
                        public PaymentGateway,
                        public PaymentDesk,
                        public PostalCarrier,
                        public TicketPrinter,
                        public QueueDisplay,
                        public QueueSystem,
                        public Scanner,
                        public SectorSystem,
                        public DocumentAxis,
                        public Signer,
                        public RemoteSigner,
                        public DocumentSigner,
                        public BrowserSigner,
                        public WebhookReceiver {
public:
    explicit GoldenCpp(const Host& host) : host_(host) {}

    // "Test connection": what an administrator sees before the settings are saved.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto key = host_.secret(call, "apiKey");
        if (!key) checked.findings.push_back({"apiKey", key.error().code, {}});
        const auto answer = host_.http(call, {"GET", call.config["url"].string(), {}, {}, {}, {}});
        if (!answer) {
            checked.findings.push_back({"url", answer.error().code, answer.error().detail});
        } else {
            checked.summary = "HTTP " + std::to_string(answer->status);
        }
        return checked;
    }

    // Goes on with a conversation.
    Result<AssistantAnswer> ask(const AskAssistant& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("assistant.provider_down", "nobody has written assistant.ask yet");
    }

    // Answers a request.
    Result<RouteAnswer> handle(const RouteRequest& request, const Call& call) override {
        if (request.route != "/status") return notFound("http.no_such_page", request.route);
        return RouteAnswer{
            200, "text/plain", {{"Cache-Control", "no-store"}}, Blob{request.method + " " + call.locale}};
    }

    // Makes the address where somebody signs in.
    Result<SignInPage> begin(const BeginSignIn& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("identity.provider_down", "nobody has written identity.begin yet");
    }

    // Verifies what came back and says who it is.
    Result<IdentityClaims> finish(const FinishSignIn& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("identity.provider_down", "nobody has written identity.finish yet");
    }

    // Does the work. What it finds it hands in with event.post.
    Result<JobReport> run(const DueJob& request, const Call& call) override {
        (void)call;
        if (request.job != "poll") return notFound("job.unknown", request.job);
        return JobReport{false, "nothing to do yet"};
    }

    // Sends one message. With the same idempotency key it may go out twice after a crash, with the same id.
    Result<SentMessage> send(const Message& message, const Call& call) override {
        for (const Recipient& one : message.to)
            if (one.address.find_first_of("\r\n") != std::string::npos)
                return invalid("message.recipient_invalid");
        if (message.text != "golden") return unavailable("message.provider_down");
        MOTCUA_SDK_TRY(key, host_.secret(call, "apiKey"));
        MOTCUA_SDK_TRY(put, host_.kvPut(call, {"sent", call.idempotencyKey, 0, {}}));
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, "sent"));
        const auto posted =
            host_.post<event::MessageReceipt>(call, "1", {"1", {}, DeliveryOutcome::Delivered, {}, {}, {}});
        const auto refused = host_.http(call, {"GET", "https://not-allowed.example.vn/", {}, {}, {}, {}});
        host_.log(call, LogLevel::Warning, "golden.sent", {{"parts", 1}});
        std::size_t bytes = 0;
        for (const MessageAttachment& one : message.attachments)
            bytes += one.content.size();
        return SentMessage{key + " " + stored.value + " " + std::to_string(put.version) + " " +
                               std::to_string(bytes) + " " + (posted ? "posted" : posted.error().code) + " " +
                               (refused ? "reached" : refused.error().code) + " " +
                               call.config["url"].string(),
                           1,
                           {{message.to.at(0).address, message.to.at(0).name}}};
    }

    // Who signed in, asked of the portal with the token.
    Result<IdentityClaims> claims(const ClaimsRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("national-portal.provider_down", "nobody has written national-portal.claims yet");
    }

    // Pulls a catalogue.
    Result<CataloguePage> catalogue(const CatalogueRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("national-portal.provider_down",
                           "nobody has written national-portal.catalogue yet");
    }

    // Pulls one procedure whole.
    Result<NationalProcedure> procedure(const ProcedureRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("national-portal.provider_down",
                           "nobody has written national-portal.procedure yet");
    }

    // Pushes dossiers, new and changed.
    Result<Pushed> dossiers(const DossierBatch& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("national-portal.provider_down",
                           "nobody has written national-portal.dossiers yet");
    }

    // Pushes progress; a step that the portal has already is well too.
    Result<Pushed> steps(const StepBatch& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("national-portal.provider_down", "nobody has written national-portal.steps yet");
    }

    // Makes the page where a citizen pays; the same for the same request.
    Result<PaymentPage> create(const CreatePayment& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("payment.provider_down", "nobody has written payment.create yet");
    }

    // Judges what the citizen's browser brought back. Only for words on a page: state changes on notification
    // or query.
    Result<PaymentNotice> returned(const RawHttp& request, const Call& call) override {
        (void)request, (void)call; // no signature is a wrong one
        const HttpAnswer ok{200, "application/json", "{}"}, no{400, "application/json", "{}"};
        return PaymentNotice{false, {}, {}, "no signature is known yet", {ok, ok, no, no, no, no}};
    }

    // Verifies and translates a provider's notification. No effect of its own.
    Result<PaymentNotice> notified(const RawHttp& request, const Call& call) override {
        (void)request, (void)call; // no signature is a wrong one
        const HttpAnswer ok{200, "application/json", "{}"}, no{400, "application/json", "{}"};
        return PaymentNotice{false, {}, {}, "no signature is known yet", {ok, ok, no, no, no, no}};
    }

    // Asks the provider how a payment stands.
    Result<PaymentState> query(const QueryPayment& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("payment.provider_down", "nobody has written payment.query yet");
    }

    // Books money that an official has seen, once for each idempotency key.
    Result<PaymentState> confirm(const ConfirmPayment& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("payment.provider_down", "nobody has written payment.confirm yet");
    }

    // Orders a parcel, once for each number.
    Result<PostalReceipt> create(const PostalOrder& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("postal.provider_down", "nobody has written postal.create yet");
    }

    // Asks how parcels stand.
    Result<Tracking> track(const TrackRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("postal.provider_down", "nobody has written postal.track yet");
    }

    // Withdraws an order that nobody has fetched yet; a second time is well too.
    Result<PostalProgress> cancel(const CancelPostal& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("postal.provider_down", "nobody has written postal.cancel yet");
    }

    // Prints a ticket; answered once the printer has it all.
    Result<PrinterState> print(const PrintTicket& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.print yet");
    }

    // Asks how a printer is.
    Result<PrinterState> printer(const PrinterQuery& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.printer yet");
    }

    // Shows a board.
    Result<ShownBoards> show(const Board& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.show yet");
    }

    // Says words, once for each idempotency key.
    Result<ShownBoards> announce(const Announcement& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.announce yet");
    }

    // What people may come for.
    Result<ServiceList> services(const BranchQuery& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.services yet");
    }

    // Days with free times.
    Result<Days> days(const DaysQuery& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.days yet");
    }

    // Free times of a day.
    Result<Times> times(const TimesQuery& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.times yet");
    }

    // Books a time.
    Result<Booking> book(const BookRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.book yet");
    }

    // How a booking stands.
    Result<Booking> booking(const BookingRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.booking yet");
    }

    // Withdraws a booking; a second time is well too.
    Result<Booking> unbook(const BookingRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("queue.provider_down", "nobody has written queue.unbook yet");
    }

    // Looks at a file.
    Result<ScanReport> scan(const ScanRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("scanner.provider_down", "nobody has written scanner.scan yet");
    }

    // Asks a register.
    Result<LookupReply> lookup(const LookupRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.lookup yet");
    }

    // Hands a dossier over, once for each code.
    Result<SectorAnswer> handOver(const SectorDossier& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.hand-over yet");
    }

    // Tells what changed here, once for each idempotency key.
    Result<SectorAnswer> update(const SectorChange& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.update yet");
    }

    // Asks how a dossier stands over there.
    Result<SectorProgress> state(const SectorRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.state yet");
    }

    // Fetches a file from the other side.
    Result<FetchedPaper> paper(const PaperRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.paper yet");
    }

    // Sends an official document, once for each idempotency key.
    Result<DocumentRef> send(const SendDocument& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.send yet");
    }

    // Asks how a sent document stands.
    Result<DocumentDelivery> delivery(const DocumentRef& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.delivery yet");
    }

    // Takes documents that came for us.
    Result<ReceivedDocuments> receive(const ReceiveDocuments& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("sector.provider_down", "nobody has written sector.receive yet");
    }

    // Lists the certificates whose keys can sign.
    Result<CertificateList> certificates(const CertificateQuery& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.certificates yet");
    }

    // Signs digests.
    Result<Signatures> sign(const SignRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.sign yet");
    }

    // Asks the owner of a remote key to agree, once for each idempotency key.
    Result<SigningSession> begin(const BeginSigning& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.begin yet");
    }

    // Asks whether the owner has agreed, and takes the signatures.
    Result<SigningProgress> finish(const FinishSigning& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.finish yet");
    }

    // Has a whole document signed; waits for its owner.
    Result<SignedDocument> document(const SignDocument& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.document yet");
    }

    // Makes what the page says to the tool on the signer's computer.
    Result<BrowserTicket> ticket(const TicketRequest& request, const Call& call) override {
        (void)request, (void)call;
        return unavailable("signature.provider_down", "nobody has written signature.ticket yet");
    }

    // Takes the document out of what the tool brought. No effect of its own.
    Result<Upload> uploaded(const UploadRequest& request, const Call& call) override {
        (void)request, (void)call;
        return Upload{{}, {}, {200, "application/json", "{}"}, {400, "application/json", "{}"}};
    }

    // Verifies and translates a notification. No effect of its own: the same request has the same answer.
    Result<WebhookNotice> verify(const WebhookRequest& request, const Call& call) override {
        (void)request, (void)call; // no signature is a wrong one
        const HttpAnswer ok{200, "application/json", "{}"}, no{401, "application/json", "{}"},
            later{503, "application/json", "{}"};
        return WebhookNotice{false, "no signature is known yet", {}, ok, no, later};
    }

private:
    Host host_;
};

MOTCUA_PLUGIN(GoldenCpp)
