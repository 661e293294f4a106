"""Local stand-ins for other people's services, made from a declaration: its hosts answer on this machine.

They behave as such services do – scripts that set cookies and fill storage, frames and pixels with cookies of their own
host, events that wait in the browser, a ping when consent is taken back – and set exactly what is declared, unless
`Misbehaviour` says otherwise.
"""

from zusage.deployments.standins.behaving import Misbehaviour
from zusage.deployments.standins.certifying import Certificate, self_signed
from zusage.deployments.standins.edge import Edge
from zusage.deployments.standins.serving import Hit, StandIns, standing_in

__all__ = ["Certificate", "Edge", "Hit", "Misbehaviour", "StandIns", "self_signed", "standing_in"]
