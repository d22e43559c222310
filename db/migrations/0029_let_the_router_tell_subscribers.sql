-- why: subscribers are told of what the public may see, and of nothing else: the router reads it through the same views
-- locks: none
-- breaking: no

GRANT SELECT ON public_incident, public_incident_update TO alivemcp_system;
