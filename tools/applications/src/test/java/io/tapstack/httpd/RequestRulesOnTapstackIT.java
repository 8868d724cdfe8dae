package io.tapstack.httpd;

import org.junit.jupiter.api.extension.ExtendWith;

/** The same as on the kernel's TCP, with a server on ours. */
@ExtendWith(OnTapstack.class)
class RequestRulesOnTapstackIT extends RequestRulesTest {}
