/** TIME-WAIT (RFC 9293 3.6.1): a record in the place of a connection. */
@NullMarked
package io.tapstack.tcp.timewait;

import org.jspecify.annotations.NullMarked;
