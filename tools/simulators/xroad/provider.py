# A register behind X-Road, played by spyne (Debian's python3-spyne): a service of SOAP 1.1 whose requests lxml checks against
# its schema. Listens on a free port of this machine and writes it as its first line.
import logging
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from spyne import Application, Array, ComplexModel, Fault, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

SPACE = sys.argv[1]
logging.disable()


class Person(ComplexModel):
    __namespace__ = SPACE
    SoDinhDanh = Unicode
    HoVaTen = Unicode
    NgaySinh = Unicode


class Answer(ComplexModel):
    __namespace__ = SPACE
    Ma = Integer
    ThongBao = Unicode
    SoHoSo = Unicode
    DanhSach = Array(Person)


PEOPLE = [("079090000001", "Nguyễn \"Văn\" A & <B>", "01/02/1990"), ("079090000002", "Trần Thị C", "03/04/1991"), ("079090000002", "Trần Thị C", "05/06/1991")]


class Register(ServiceBase):
    @rpc(Unicode(min_occurs=1, nillable=False), Unicode(min_occurs=1, nillable=False), Unicode, _returns=Answer)
    def TraCuuCongDan(ctx, SoDinhDanh, MaCanBo, HoVaTen):
        if SoDinhDanh == "000000000000":
            raise Fault("Client.DuLieu", "Số định danh không hợp lệ")
        found = [Person(SoDinhDanh=number, HoVaTen=name, NgaySinh=day) for number, name, day in PEOPLE if number == SoDinhDanh]
        return Answer(Ma=200, ThongBao="OK", DanhSach=found)

    @rpc(Unicode(min_occurs=1), Unicode(min_occurs=1), Array(Unicode), _returns=Answer)
    def TiepNhanHoSo(ctx, MaHoSo, NguoiNop, GiayTo):
        return Answer(Ma=200, ThongBao="; ".join([NguoiNop] + list(GiayTo or [])), SoHoSo="HS-" + MaHoSo)


class Quiet(WSGIRequestHandler):
    def log_message(self, *words):
        pass


application = Application([Register], tns=SPACE, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
server = make_server("127.0.0.1", 0, WsgiApplication(application), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
