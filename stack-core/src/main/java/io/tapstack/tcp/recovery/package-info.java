/** Loss recovery: detects losses and schedules retransmissions. */
@NullMarked
package io.tapstack.tcp.recovery;

import org.jspecify.annotations.NullMarked;
