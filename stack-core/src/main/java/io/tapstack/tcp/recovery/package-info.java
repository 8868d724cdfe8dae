/** Loss recovery: what is lost, and what is sent again when. */
@NullMarked
package io.tapstack.tcp.recovery;

import org.jspecify.annotations.NullMarked;
