/** The small port that the tools are written against: listeners, byte streams and datagrams of some TCP/IP stack. */
@NullMarked
package io.tapstack.transport;

import org.jspecify.annotations.NullMarked;
