"""The detectors, a module for each idea; importing this package registers them all."""

from engine.responsibility.detectors import after_the_fact as after_the_fact
from engine.responsibility.detectors import apology as apology
from engine.responsibility.detectors import at_expiry as at_expiry
from engine.responsibility.detectors import back_and_forth as back_and_forth
from engine.responsibility.detectors import desk as desk
from engine.responsibility.detectors import endings as endings
from engine.responsibility.detectors import lines_of_support as lines_of_support
from engine.responsibility.detectors import lying_idle as lying_idle
from engine.responsibility.detectors import opinions_given as opinions_given
from engine.responsibility.detectors import passed_on as passed_on
from engine.responsibility.detectors import registered_again as registered_again
from engine.responsibility.detectors import sent_down as sent_down
from engine.responsibility.detectors import stopped_clock as stopped_clock
from engine.responsibility.detectors import supplement as supplement
from engine.responsibility.detectors import withdrawal as withdrawal
