/** LISTEN, and SYN-RECEIVED after a passive open: records, cookies and the accept queue. */
@NullMarked
package io.tapstack.tcp.passive;

import org.jspecify.annotations.NullMarked;
